package io.nbguard.core.execution;

import io.nbguard.api.event.GuardEvent.PluginMisbehaved.Fault;
import io.nbguard.spi.executor.ExitReport;
import java.time.Instant;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** What an executor has said of the end of one execution, read once. */
sealed interface EndReport {

    /** A report that can be judged. */
    record Given(ExitReport report) implements EndReport {}

    /** A failure, or a report that breaks the contract; for an engine's execution it says nothing of whether that has ended. */
    record Broken(String why) implements EndReport {}

    /** Nothing so far. */
    record Missing() implements EndReport {}

    /**
     * Reads it.
     *
     * @param startedAt when it started: it did not end before that
     * @param faults where to report one that breaks the contract, and what in it cannot be meant
     */
    static EndReport of(CompletableFuture<ExitReport> exit, Instant startedAt, Instant now, ExecutorFaults faults) {
        if (!exit.isDone()) {
            return new Missing();
        }
        try {
            return new Given(ReportCheck.checked(
                    exit.join(), startedAt, now, wrong -> faults.tell(Fault.INVALID_ANSWER, null, wrong)));
        } catch (CompletionException | CancellationException | ExecutorBroken e) {
            return new Broken(faults.tell(e.getCause() == null ? e : e.getCause()));
        }
    }
}
