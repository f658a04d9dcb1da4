package io.nbguard.api.execution;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.measure.Progress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Handle of one execution: one immutable attempt to run a notebook. Safe for use by any thread; no method blocks.
 */
public interface Execution {

    /** Returns its id. */
    ExecutionId id();

    /** Returns what it was asked to run. */
    ExecutionRequest request();

    /** Returns where it is in its life, at this moment. */
    ExecutionState state();

    /** Returns how far it has come, at this moment. */
    Progress progress();

    /** Returns everything known about it at this moment; after its end this is the final record. */
    ExecutionRecord record();

    /**
     * Completes with the final record once the execution has ended <em>and</em> nothing of it is alive. Never completes
     * exceptionally: how the run went is in the record. The caller cannot complete it for others. If the guard is closed while
     * the engine that runs an execution does not answer, the record is as it stands then, and no end: the next guard with the same
     * history takes the execution up.
     */
    CompletableFuture<ExecutionRecord> completion();

    /**
     * Asks for its end and returns at once. Harmless when it has already ended; a graceful stop can be hastened by an
     * immediate one, not the other way.
     *
     * @return completes with the final record, as {@link #completion()} does
     */
    CompletableFuture<ExecutionRecord> stop(StopMode mode);

    /** Returns why it ended, once it has ended other than by completing. */
    default Optional<EndReason> reason() {
        return record().outcome().reason();
    }
}
