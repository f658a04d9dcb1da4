package io.nbguard.cli;

import io.nbguard.cli.client.DashboardClient;
import io.nbguard.cli.client.Item;
import io.nbguard.cli.text.Line;
import io.nbguard.cli.text.Table;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code nbguard schedule}: what a running serve runs by itself, and when. */
@Command(
        name = "schedule",
        header = "Have a running serve run notebooks by itself.",
        description = "Adds, lists and removes the schedules of a running 'nbguard serve'.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        subcommands = {ScheduleAddCommand.class},
        footer = {
            "  nbguard schedule add reports/daily.ipynb --cron '0 2 * * mon-fri' --zone Europe/Berlin",
            "  nbguard schedule add check.ipynb --every 10m --id check",
            "  nbguard schedule next check",
            "  nbguard schedule list --json | jq -r '.items[].nextFireAt'"
        })
final class ScheduleCommand implements Callable<Integer> {

    private static final String ALL = "/api/v1/schedules";

    private final Surroundings surroundings;

    ScheduleCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        throw Usage.wrong("say what to do: add, list, remove, pause, resume or next");
    }

    @Command(name = "list", description = "Lists all schedules.", mixinStandardHelpOptions = true)
    int list(@Mixin RemoteOptions options) throws InterruptedException {
        DashboardClient client = options.client();
        if (options.json) {
            return raw(client.text(ALL));
        }
        List<Item> schedules = DashboardClient.items(client.get(ALL));
        if (schedules.isEmpty()) {
            surroundings
                    .out()
                    .print(Line.of("There are no schedules: 'nbguard schedule add --help' shows how to add one."));
            return ExitCodes.OK;
        }
        Table table = new Table()
                .shrinkingText("ID", 8)
                .shrinkingText("NOTEBOOK", 12)
                .text("WHEN")
                .text("STATE")
                .text("NEXT")
                .text("LAST RUN")
                .figures("STARTED")
                .figures("SKIPPED")
                .shrinkingText("WHY", 10);
        for (Item schedule : schedules) {
            table.row(
                    Line.of(schedule.text("id")),
                    Line.of(schedule.item("request").text("notebook")),
                    Line.of(schedule.text("trigger") + " " + schedule.text("expression")),
                    Line.of(words(schedule.text("state"))),
                    Line.of(ExecutionTable.time(schedule.text("nextFireAt"))),
                    last(schedule),
                    Line.of(Long.toString(schedule.whole("started"))),
                    Line.of(Long.toString(schedule.whole("skipped"))),
                    Line.of(why(schedule)));
        }
        surroundings.out().print(table.render(surroundings.out().width()));
        return ExitCodes.OK;
    }

    /** How the last run ended; while none has, what became of the last fire. */
    private static Line last(Item schedule) {
        Item run = schedule.item("lastRun");
        return run.members().isEmpty()
                ? Line.of(words(schedule.item("lastFire").text("outcome")))
                : ExecutionTable.result(run);
    }

    private static String why(Item schedule) {
        Item run = schedule.item("lastRun");
        if (run.members().isEmpty()) {
            return ExecutionTable.firstLine(schedule.item("lastFire").text("message"));
        }
        return run.text("status").equals("failed") ? ExecutionTable.firstLine(run.text("why")) : "";
    }

    private static String words(String name) {
        return name.isEmpty() ? "-" : name.toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    @Command(
            name = "remove",
            description = "Removes schedules; what they have started goes on.",
            mixinStandardHelpOptions = true)
    int remove(@Mixin RemoteOptions options, @Parameters(arity = "1..*", paramLabel = "ID") List<String> ids)
            throws InterruptedException {
        DashboardClient client = options.client();
        for (String id : ids) {
            client.delete(path(id));
            if (!options.json) {
                surroundings.out().print(Line.of("Removed " + id + "."));
            }
        }
        return ExitCodes.OK;
    }

    @Command(
            name = "pause",
            description = "Stops a schedule from firing until resumed.",
            mixinStandardHelpOptions = true)
    int pause(@Mixin RemoteOptions options, @Parameters(paramLabel = "ID") String id) throws InterruptedException {
        return change(options, id, "pause");
    }

    @Command(name = "resume", description = "Lets a paused schedule fire again.", mixinStandardHelpOptions = true)
    int resume(@Mixin RemoteOptions options, @Parameters(paramLabel = "ID") String id) throws InterruptedException {
        return change(options, id, "resume");
    }

    private int change(RemoteOptions options, String id, String action) throws InterruptedException {
        DashboardClient client = options.client();
        if (options.json) {
            return raw(client.postText(path(id) + "/" + action, Optional.empty()));
        }
        Item schedule = Item.of(client.post(path(id) + "/" + action, Optional.empty()));
        surroundings.out().print(Line.of(id + " is " + words(schedule.text("state")) + "."));
        return ExitCodes.OK;
    }

    @Command(name = "next", description = "Shows when a schedule is due next.", mixinStandardHelpOptions = true)
    int next(@Mixin RemoteOptions options, @Parameters(paramLabel = "ID") String id) throws InterruptedException {
        DashboardClient client = options.client();
        if (options.json) {
            return raw(client.text(path(id)));
        }
        Item schedule = Item.of(client.get(path(id)));
        if (schedule.members().get("next") instanceof List<?> times && !times.isEmpty()) {
            for (Object time : times) {
                surroundings.out().print(Line.of(ExecutionTable.time(String.valueOf(time))));
            }
        } else {
            surroundings
                    .out()
                    .print(Line.of(id + " is " + words(schedule.text("state")) + ": it is not due any more."));
        }
        return ExitCodes.OK;
    }

    private int raw(String json) {
        surroundings.out().raw(json + System.lineSeparator());
        return ExitCodes.OK;
    }

    private static String path(String id) {
        return ALL + "/" + DashboardClient.encoded(id);
    }
}
