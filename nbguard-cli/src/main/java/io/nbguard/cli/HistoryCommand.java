package io.nbguard.cli;

import io.nbguard.cli.client.DashboardClient;
import io.nbguard.cli.client.Item;
import io.nbguard.cli.text.Line;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code nbguard history}: what a serve has run. */
@Command(
        name = "history",
        header = "List what a serve has run, and how it went.",
        description = "Lists the executions that a running 'nbguard serve' remembers, the latest first.",
        mixinStandardHelpOptions = true,
        footer = {
            "  nbguard history --status failed",
            "  nbguard history --notebook reports/daily.ipynb -n 5",
            "  nbguard history --json | jq '.items[] | [.notebook, .reason]'"
        })
final class HistoryCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            description = "How many at most, 1 to 1000. Default: 20.")
    int limit = 20;

    @Option(names = "--notebook", paramLabel = "NAME", description = "Only of this notebook.")
    @Nullable String notebook;

    @Option(
            names = "--status",
            paramLabel = "STATUS",
            description = "Only those that are running, have failed, or have completed.")
    @Nullable String status;

    @Mixin
    RemoteOptions options = new RemoteOptions();

    HistoryCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        DashboardClient client = options.client();
        String path = "/api/v1/executions?limit=" + limit
                + (notebook == null ? "" : "&notebook=" + DashboardClient.encoded(notebook))
                + (status == null ? "" : "&status=" + DashboardClient.encoded(status));
        if (options.json) {
            surroundings.out().raw(client.text(path) + System.lineSeparator());
            return ExitCodes.OK;
        }
        List<Item> executions = DashboardClient.items(client.get(path));
        if (executions.isEmpty()) {
            surroundings.out().print(Line.of("Nothing of that kind was run."));
        } else {
            surroundings
                    .out()
                    .print(ExecutionTable.past(executions, surroundings.out().width()));
        }
        return ExitCodes.OK;
    }
}
