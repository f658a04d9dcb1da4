package io.nbguard.examples.cli;

import io.nbguard.examples.client.DashboardClient;
import io.nbguard.examples.client.Item;
import io.nbguard.examples.text.Line;
import io.nbguard.examples.text.Style;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nbguard stop}: ends executions of a running serve, and waits until they are dead. */
@Command(
        name = "stop",
        header = "Stop what a running serve runs.",
        sortOptions = false,
        customSynopsis = "nbguard stop [OPTIONS] EXECUTION...",
        description = "Ends executions of a running 'nbguard serve', and answers when nothing of them is alive.",
        synopsisHeading = "%nUsage: ",
        descriptionHeading = "%n",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {"  nbguard stop k3x9m2pq", "  nbguard stop --graceful reports/daily.ipynb"})
final class StopCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Parameters(
            arity = "1..*",
            paramLabel = "EXECUTION",
            description = "An id, the beginning of one, or a notebook: then its latest execution.")
    List<String> meant = new ArrayList<>();

    @Option(
            names = "--graceful",
            description = "Interrupts first, as Ctrl-C would, and kills only what does not end by itself.")
    boolean graceful;

    @Mixin
    RemoteOptions options = new RemoteOptions();

    StopCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        DashboardClient client = options.client();
        for (String one : meant) {
            Item execution = RemoteOptions.execution(client, one);
            String path = "/api/v1/executions/" + execution.text("id") + "?wait=true&mode="
                    + (graceful ? "graceful" : "immediate");
            if (options.json) {
                surroundings.out().raw(client.deleteText(path) + System.lineSeparator());
                continue;
            }
            Item ended = Item.of(client.delete(path));
            surroundings
                    .out()
                    .print(Line.of("✗ ", Style.BAD)
                            .plus(ended.text("notebook"), Style.BOLD)
                            .plus(" [" + ExecutionTable.shortId(ended) + "] has ended"));
        }
        return ExitCodes.OK;
    }
}
