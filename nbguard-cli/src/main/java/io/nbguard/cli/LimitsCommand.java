package io.nbguard.cli;

import io.nbguard.api.resource.Resource;
import io.nbguard.api.resource.ResourceSpec;
import io.nbguard.cli.text.Line;
import io.nbguard.cli.text.Style;
import io.nbguard.cli.text.Table;
import io.nbguard.server.json.LimitsJson;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nbguard limits}: what limits mean. */
@Command(
        name = "limits",
        header = "Check limits without running anything.",
        description = "Reads limits as docker-py, DockerSpawner and 'docker run' have them, and shows what they mean.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        footer = {
            "  nbguard limits parse limits.json",
            "  echo \"{'mem_limit': '1g', 'cpus': 2.5}\" | nbguard limits parse - --json"
        })
final class LimitsCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    LimitsCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        throw Usage.wrong("say what to do: parse");
    }

    @Command(
            name = "parse",
            header = "Show what the limits in a file mean.",
            description = {
                "Reads limits under docker-py's keys, such as {'mem_limit': '1g', 'cpu_period': 100000,"
                        + " 'cpu_quota': 250000}, and shows the normalised values. Nothing is run, and nothing is compared"
                        + " with this machine.",
                "Sizes are bytes, or text such as 100000b, 1000k, 128m, 1g. An unknown key, a value that cannot be meant and"
                        + " two limits that contradict each other are mistakes: exit code 2."
            },
            mixinStandardHelpOptions = true,
            footer = {
                "  nbguard limits parse limits.json",
                "  nbguard limits parse limits.json --json | jq .memoryBytes"
            })
    int parse(
            @Parameters(
                            paramLabel = "FILE",
                            description = "A file with one JSON object, also as it is pasted from Python; - is standard"
                                    + " input.")
                    Path file,
            @Option(
                            names = "--json",
                            description =
                                    "Prints one JSON object: memoryBytes, memorySwapBytes, swappiness, cpus, cpuShares,"
                                            + " cpuset, pids, io, diskBytes, gpus (a number, a list of ids, or \"all\"),"
                                            + " gpuMemoryBytes. null where a limit is not given, \"unlimited\" where none is asked for.")
                    boolean json) {
        ResourceSpec limits = LimitsFile.read(surroundings.folder(), file);
        if (json) {
            surroundings.out().raw(LimitsJson.of(limits) + System.lineSeparator());
            return ExitCodes.OK;
        }
        Map<Resource, String> values = limits.texts();
        if (values.isEmpty()) {
            surroundings.out().print(Line.of("There are no limits in it."));
            return ExitCodes.OK;
        }
        Table table = new Table().text("LIMIT").text("VALUE");
        values.forEach((resource, value) -> table.row(Line.of(resource.key(), Style.BOLD), Line.of(value)));
        surroundings.out().print(table.render(surroundings.out().width()));
        return ExitCodes.OK;
    }
}
