package io.nbguard.cli;

import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.event.GuardListener;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.StopMode;
import io.nbguard.cli.terminal.Interruption;
import io.nbguard.cli.terminal.LiveRegion;
import io.nbguard.cli.terminal.Terminal;
import io.nbguard.cli.text.Line;
import io.nbguard.cli.view.EventText;
import io.nbguard.cli.view.LiveView;
import io.nbguard.cli.view.StatusLine;
import io.nbguard.core.NotebookGuard;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Looks on while executions run: events as lines that stay, everything else redrawn below them, and Ctrl-C stops them
 * all. In a pipe a line of status comes every few seconds instead.
 */
final class Watching implements AutoCloseable, GuardListener {

    private static final Duration REDRAW = Duration.ofMillis(200);
    private static final Duration STATUS = Duration.ofSeconds(5);

    /** How much is shown. */
    enum Detail {
        /** Everything. */
        ALL,
        /** Everything but ends, where the result of a single run is shown at length afterwards. */
        UNTIL_END,
        /** Only what must not be overlooked: kills. */
        KILLS
    }

    private final Terminal terminal;
    private final Interruption interruption;
    private final Detail detail;
    private final LiveRegion region;

    Watching(Terminal terminal, Interruption interruption, Detail detail) {
        this.terminal = terminal;
        this.interruption = interruption;
        this.detail = detail;
        region = new LiveRegion(terminal);
    }

    @Override
    public void onEvent(GuardEvent event) {
        if (isWorthTelling(event)) {
            EventText.of(event).ifPresent(region::print);
        }
    }

    private boolean isWorthTelling(GuardEvent event) {
        return switch (detail) {
            case ALL -> true;
            case UNTIL_END ->
                !(event instanceof GuardEvent.ExecutionChanged changed)
                        || !changed.record().state().isEnd();
            case KILLS -> event instanceof GuardEvent.Terminated;
        };
    }

    /**
     * Waits until all have ended and nothing of them is alive.
     *
     * @throws InterruptedException if this thread was interrupted
     */
    List<ExecutionRecord> untilEnded(NotebookGuard guard, List<Execution> executions) throws InterruptedException {
        CompletableFuture<?> all = CompletableFuture.allOf(
                executions.stream().map(Execution::completion).toArray(CompletableFuture[]::new));
        return interruption.during(stopping(executions), () -> {
            long began = System.nanoTime();
            Duration lastStatus = Duration.ZERO;
            while (!ended(all)) {
                Duration elapsed = Duration.ofNanos(System.nanoTime() - began);
                if (terminal.redraws()) {
                    region.show(LiveView.of(guard.snapshot(), records(executions), terminal.width()));
                } else if (detail != Detail.KILLS && elapsed.minus(lastStatus).compareTo(STATUS) >= 0) {
                    lastStatus = elapsed;
                    region.print(StatusLine.of(guard.snapshot(), elapsed));
                }
            }
            return records(executions);
        });
    }

    private Interruption.Stoppable stopping(List<Execution> executions) {
        return new Interruption.Stoppable() {
            @Override
            public void stop() {
                // Printed afterwards: a terminal or pipe that is not read blocks the writing thread.
                executions.forEach(execution -> execution.stop(StopMode.GRACEFUL));
                region.print(Line.of("stopping everything… (again to kill at once)"));
            }

            @Override
            public void hasten() {
                executions.forEach(execution -> execution.stop(StopMode.IMMEDIATE));
            }
        };
    }

    private static boolean ended(CompletableFuture<?> all) throws InterruptedException {
        try {
            all.get(REDRAW.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("an execution's completion failed, which its contract forbids", e);
        }
    }

    private static List<ExecutionRecord> records(List<Execution> executions) {
        return executions.stream().map(Execution::record).toList();
    }

    @Override
    public void close() {
        region.close();
    }
}
