package io.nbguard.cli;

import io.nbguard.api.GuardException;
import io.nbguard.cli.client.DashboardClient;
import io.nbguard.cli.client.Item;
import io.nbguard.cli.terminal.Interruption;
import io.nbguard.cli.text.Line;
import io.nbguard.cli.text.Style;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nbguard stop}: ends executions of a running serve, and waits until they are dead. */
@Command(
        name = "stop",
        header = "Stop what a running serve runs.",
        customSynopsis = "nbguard stop [OPTIONS] EXECUTION...",
        description =
                "Ends executions of a running 'nbguard serve': asks all of them to end, then waits until nothing of them is"
                        + " alive. Ctrl-C ends the wait, not the stop: each execution ends as it was asked to.",
        mixinStandardHelpOptions = true,
        exitCodeList = {
            "  0:all have ended",
            "  1:one had ended before, or the serve does not answer",
            "  2:wrong usage, or there is no such execution; nothing was stopped",
            "130:Ctrl-C ended the wait; 143 when SIGTERM did"
        },
        footer = {"  nbguard stop k3x9m2pq", "  nbguard stop --graceful reports/daily.ipynb"})
final class StopCommand implements Callable<Integer> {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final Surroundings surroundings;

    @Parameters(arity = "1..*", paramLabel = "EXECUTION", description = RemoteOptions.EXECUTION_MEANS)
    List<String> meant = new ArrayList<>();

    @Option(
            names = "--graceful",
            description =
                    "Interrupts first, as Ctrl-C would, and kills only what does not end by itself. 'nbguard stop' without"
                            + " this option, later or meanwhile, ends at once.")
    boolean graceful;

    @Mixin
    RemoteOptions options = new RemoteOptions();

    StopCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        DashboardClient client = options.client();
        Map<String, Item> executions = new LinkedHashMap<>();
        for (String one : meant) {
            Item execution = RemoteOptions.execution(client, one);
            executions.putIfAbsent(execution.text("id"), execution);
        }
        Interruption interruption = surroundings.interruption();
        return interruption.during(askingFirst(), () -> {
            Optional<GuardException> refused = Optional.empty();
            List<Item> asked = new ArrayList<>();
            for (Item execution : executions.values()) {
                try {
                    client.delete(path(execution) + "?mode=" + mode());
                    asked.add(execution);
                } catch (GuardException e) {
                    refused = refused.or(() -> Optional.of(e));
                }
            }
            interruption.during(leaving(asked, Thread.currentThread()), () -> {
                await(client, asked);
                return ExitCodes.OK;
            });
            if (refused.isPresent()) {
                throw refused.get();
            }
            return interruption.exitCode().orElse(ExitCodes.OK);
        });
    }

    private String mode() {
        return graceful ? "graceful" : "immediate";
    }

    private static String path(Item execution) {
        return "/api/v1/executions/" + execution.text("id");
    }

    private void await(DashboardClient client, List<Item> asked) {
        try {
            for (Item execution : asked) {
                String ended = ended(client, path(execution));
                if (options.json) {
                    surroundings.out().raw(ended + System.lineSeparator());
                } else {
                    surroundings
                            .out()
                            .print(Line.of("✗ ", Style.BAD)
                                    .plus(execution.text("notebook"), Style.BOLD)
                                    .plus(" [" + ExecutionTable.shortId(execution) + "] has ended"));
                }
            }
        } catch (InterruptedException e) {
            // By a signal: what has been said then is all there is to say.
            Thread.interrupted();
        }
    }

    private String ended(DashboardClient client, String path) throws InterruptedException {
        // Looked at, not stopped again: that would be audited twice, and count as a change.
        for (Duration pause = FIRST_PAUSE;
                ;
                pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause.plus(FIRST_PAUSE) : pause) {
            if (Item.of(client.get(path)).members().get("endedAt") != null) {
                return client.text(path);
            }
            Thread.sleep(pause.toMillis());
        }
    }

    /** Ctrl-C while executions are being asked to end leaves none of them out; the next one does. */
    private Interruption.Stoppable askingFirst() {
        return new Interruption.Stoppable() {
            @Override
            public void stop() {
                // The wait, which comes next, is left out.
            }

            @Override
            public void hasten() {
                surroundings.err().print(Line.of("nbguard stop: interrupted before all were asked to end", Style.BAD));
                Runtime.getRuntime().exit(Interruption.EXIT_CODE);
            }
        };
    }

    /** Ctrl-C while this waits leaves every execution with the stop that it was asked for. */
    private Interruption.Stoppable leaving(List<Item> asked, Thread waiting) {
        return Interruption.Stoppable.leavable(() -> {
            if (!asked.isEmpty()) {
                surroundings.err().print(Line.of(left(asked), Style.FAINT));
            }
            waiting.interrupt();
        });
    }

    private String left(List<Item> asked) {
        String what = asked.size() == 1 ? "the execution goes" : "all " + asked.size() + " executions go";
        return "no longer waiting: " + what + " on ending as asked (" + mode() + ")"
                + (graceful ? "; 'nbguard stop' without --graceful ends at once" : "");
    }
}
