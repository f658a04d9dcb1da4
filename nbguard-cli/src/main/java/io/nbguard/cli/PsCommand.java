package io.nbguard.cli;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.cli.client.DashboardClient;
import io.nbguard.cli.client.Item;
import io.nbguard.cli.text.Line;
import io.nbguard.cli.text.Spoken;
import io.nbguard.cli.text.Table;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code nbguard ps}: what a running serve runs, and what waits. */
@Command(
        name = "ps",
        header = "List what a running serve runs.",
        description = "Lists the executions of a running 'nbguard serve' that have not ended, with what they use.",
        mixinStandardHelpOptions = true,
        footer = {"  nbguard ps", "  nbguard ps --json | jq -r '.items[].id'"})
final class PsCommand implements Callable<Integer> {

    private static final String RUNNING = "/api/v1/executions?status=running&limit=1000";

    private final Surroundings surroundings;

    @Mixin
    RemoteOptions options = new RemoteOptions();

    PsCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        DashboardClient client = options.client();
        if (options.json) {
            surroundings.out().raw(client.text(RUNNING) + System.lineSeparator());
            return ExitCodes.OK;
        }
        List<Item> executions = DashboardClient.items(client.get(RUNNING));
        if (executions.isEmpty()) {
            surroundings.out().print(Line.of("Nothing runs, and nothing waits."));
            return ExitCodes.OK;
        }
        Map<String, Item> live = new HashMap<>();
        if (client.get("/stats").get("individual_notebooks") instanceof List<?> list) {
            list.forEach(element -> live.put(Item.of(element).text("id"), Item.of(element)));
        }
        Table table = new Table()
                .text("ID")
                .shrinkingText("NOTEBOOK", 12)
                .text("STATE")
                .figures("CELLS")
                .figures("MEMORY")
                .figures("CPU")
                .figures("TIME")
                .optionalFigures("PLACE");
        for (Item execution : executions) {
            Item use = live.getOrDefault(execution.text("id"), Item.of(null));
            table.row(
                    Line.of(ExecutionTable.shortId(execution)),
                    Line.of(execution.text("notebook")),
                    Line.of(execution.text("state").toLowerCase(Locale.ROOT)),
                    Line.of(execution.cells()),
                    Line.of(use.number("memory_mb").map(PsCommand::size).orElse("-")),
                    Line.of(use.number("cpu_percent")
                            .map(part -> Spoken.percent(part / 100))
                            .orElse("-")),
                    Line.of(Spoken.duration(execution.seconds("elapsedSeconds"))),
                    Line.of(execution
                            .number("queuePosition")
                            .map(place -> "" + place.longValue())
                            .orElse("")));
        }
        surroundings.out().print(table.render(surroundings.out().width()));
        return ExitCodes.OK;
    }

    private static String size(double mebibytes) {
        return ByteSize.ofBytes(Math.round(mebibytes * (1 << 20))).toString();
    }
}
