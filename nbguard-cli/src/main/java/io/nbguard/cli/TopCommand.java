package io.nbguard.cli;

import io.nbguard.api.snapshot.Snapshot;
import io.nbguard.cli.terminal.FullScreen;
import io.nbguard.cli.terminal.Interruption;
import io.nbguard.cli.terminal.Keys;
import io.nbguard.cli.terminal.Terminal;
import io.nbguard.cli.text.Line;
import io.nbguard.cli.text.Style;
import io.nbguard.cli.view.TopView;
import io.nbguard.core.NotebookWatch;
import io.nbguard.server.json.SnapshotJson;
import java.io.IOException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code nbguard top}: everything that runs under nbguard on this machine, from any terminal. */
@Command(
        name = "top",
        header = "See what runs now, from any terminal.",
        description = "Shows the node and every notebook that runs under nbguard for this user, with its processes. On"
                + " a terminal it refreshes in place; q or Ctrl-C ends it.",
        mixinStandardHelpOptions = true,
        footer = {
            "  nbguard top                       in a second terminal, while something runs",
            "  nbguard top --once                once, as text",
            "  nbguard top --json --once | jq '.executions[].memoryBytes'",
            "  nbguard top --json --interval 5s  one JSON object per line, every 5 seconds"
        })
final class TopCommand implements Callable<Integer> {

    private static final Duration FIRST_RATES = Duration.ofMillis(500);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    private final Surroundings surroundings;

    @Option(names = "--once", description = "Prints the state once and ends.")
    boolean once;

    @Option(names = "--json", description = "Prints JSON, one object per line; sizes in bytes, times in seconds.")
    boolean json;

    @Option(
            names = "--interval",
            paramLabel = "TIME",
            converter = Converters.Time.class,
            description = "The time between two refreshes, 100ms to 1m. Default: 1s.")
    Duration interval = Duration.ofSeconds(1);

    TopCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (interval.compareTo(Duration.ofMillis(100)) < 0 || interval.compareTo(Duration.ofMinutes(1)) > 0) {
            throw Usage.wrong("--interval must be between 100ms and 1m");
        }
        Terminal out = surroundings.out();
        CountDownLatch ended = new CountDownLatch(1);
        Interruption.Stoppable stopping = Interruption.Stoppable.leavable(ended::countDown);
        return surroundings.interruption().during(stopping, () -> {
            try (NotebookWatch watch = NotebookWatch.open(once ? FIRST_RATES : interval)) {
                awaitRates(watch, ended);
                if (once) {
                    print(watch.snapshot());
                } else if (out.redraws() && !json) {
                    refresh(watch, ended);
                } else {
                    repeat(watch, ended);
                }
            }
            return ExitCodes.OK;
        });
    }

    /** Rates such as CPU use need two ticks. */
    private static void awaitRates(NotebookWatch watch, CountDownLatch ended) throws InterruptedException {
        long deadline = System.nanoTime() + LONGEST_WAIT.toNanos();
        while (watch.snapshot().sequence() < 2
                && System.nanoTime() < deadline
                && !ended.await(20, TimeUnit.MILLISECONDS)) {
            // Looked at again.
        }
    }

    private void print(Snapshot snapshot) {
        if (json) {
            surroundings.out().raw(SnapshotJson.of(snapshot) + System.lineSeparator());
        } else {
            surroundings.out().print(TopView.of(snapshot, surroundings.out().width()));
        }
    }

    private void repeat(NotebookWatch watch, CountDownLatch ended) throws InterruptedException {
        do {
            print(watch.snapshot());
            if (!json) {
                surroundings.out().print();
            }
        } while (!surroundings.out().closedByReader() && !ended.await(interval.toMillis(), TimeUnit.MILLISECONDS));
    }

    private void refresh(NotebookWatch watch, CountDownLatch ended) throws InterruptedException {
        try (Keys keys = Keys.open();
                FullScreen screen = new FullScreen(surroundings.out())) {
            long shownAt = System.nanoTime() - interval.toNanos();
            while (ended.getCount() > 0) {
                if (System.nanoTime() - shownAt >= interval.toNanos()) {
                    shownAt = System.nanoTime();
                    screen.show(page(watch.snapshot()));
                }
                int key = keys.read();
                if (key == 'q' || key == 'Q') {
                    return;
                }
            }
        } catch (IOException e) {
            // No keys to read: in the background, or without a terminal of its own.
            repeat(watch, ended);
        }
    }

    private List<Line> page(Snapshot snapshot) {
        List<Line> lines = new ArrayList<>();
        lines.add(Line.of("nbguard top", Style.BOLD)
                .plus("   " + LocalTime.now().truncatedTo(ChronoUnit.SECONDS) + "   q quits", Style.FAINT));
        lines.add(Line.EMPTY);
        lines.addAll(TopView.of(snapshot, surroundings.out().width()));
        return lines;
    }
}
