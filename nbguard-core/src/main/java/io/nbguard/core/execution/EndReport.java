package io.nbguard.core.execution;

import io.nbguard.spi.executor.ExitReport;
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
     * @param faults where to report one that breaks the contract
     */
    static EndReport of(CompletableFuture<ExitReport> exit, ExecutorFaults faults) {
        if (!exit.isDone()) {
            return new Missing();
        }
        try {
            return new Given(ReportCheck.checked(exit.join()));
        } catch (CompletionException | CancellationException | ExecutorBroken e) {
            return new Broken(faults.tell(e.getCause() == null ? e : e.getCause()));
        }
    }
}
