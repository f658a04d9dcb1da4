package io.nbguard.spi.executor;

import io.nbguard.api.resource.Allocation;
import io.nbguard.spi.process.ProcessGroup;
import java.util.concurrent.CompletableFuture;

/**
 * An execution under way. Methods return at once and may be called by any thread, also after the end. Core calls none that needs a
 * feature which its executor does not state: it refuses that by {@link UnsupportedFeatureException}.
 */
public interface LaunchedExecution {

    /**
     * Completes with the evidence once the main process has ended and the output was looked at; for a local execution at the
     * latest when {@link Force#KILL} has done its work, for a remote one not before the engine has said so. Never completes
     * exceptionally.
     */
    CompletableFuture<ExitReport> completion();

    /**
     * Asks for the end. Core also kills what is in the launch's {@link ProcessGroup}.
     *
     * @return completes when it is known what came of it; while it is not complete the same force is not asked for again
     */
    CompletableFuture<StopAnswer> stop(Force force);

    /**
     * Stops it in place: it holds its memory and goes on after {@link #resume}. Only with
     * {@link ExecutorCapabilities.Feature#SUSPEND}.
     *
     * @return completes when it stands still
     */
    default CompletableFuture<Void> suspend() {
        return unsupported();
    }

    /**
     * Lets it go on after {@link #suspend}.
     *
     * @return completes when it goes on
     */
    default CompletableFuture<Void> resume() {
        return unsupported();
    }

    /**
     * Has it save its state. Only with {@link ExecutorCapabilities.Feature#CHECKPOINT}.
     *
     * @return completes when the checkpoint can be restored
     */
    default CompletableFuture<Void> checkpoint() {
        return unsupported();
    }

    /**
     * Changes its limits while it runs. Only with {@link ExecutorCapabilities.Feature#UPDATE_LIMITS}.
     *
     * @return completes when the new limits are in force
     */
    default CompletableFuture<Void> update(Allocation allocation) {
        return unsupported();
    }

    private static CompletableFuture<Void> unsupported() {
        return CompletableFuture.failedFuture(new UnsupportedOperationException());
    }
}
