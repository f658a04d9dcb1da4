package io.nbguard.cli;

import io.nbguard.cli.client.DashboardClient;
import io.nbguard.server.json.JsonText;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nbguard logs}: the end of what an execution has printed. */
@Command(
        name = "logs",
        header = "Show what an execution has printed.",
        customSynopsis = "nbguard logs [OPTIONS] EXECUTION",
        description =
                "Shows the end of what an execution of a running 'nbguard serve' has printed; of one that runs, up to"
                        + " its last cell.",
        mixinStandardHelpOptions = true,
        footer = {"  nbguard logs k3x9m2pq", "  nbguard logs -n 20 reports/daily.ipynb"})
final class LogsCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Parameters(index = "0", paramLabel = "EXECUTION", description = RemoteOptions.EXECUTION_MEANS)
    String meant = "";

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "N",
            description = "How many lines at most, 1 to 10000. Default: 200.")
    int lines = 200;

    @Mixin
    RemoteOptions options = new RemoteOptions();

    LogsCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        DashboardClient client = options.client();
        String id = RemoteOptions.execution(client, meant).text("id");
        String log = client.text("/api/v1/executions/" + id + "/log?lines=" + lines);
        surroundings
                .out()
                .raw(
                        options.json
                                ? JsonText.object(json -> {
                                            json.writeStringField("id", id);
                                            json.writeStringField("log", log);
                                        })
                                        + System.lineSeparator()
                                : log);
        return ExitCodes.OK;
    }
}
