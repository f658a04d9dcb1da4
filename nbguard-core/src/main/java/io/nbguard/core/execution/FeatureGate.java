package io.nbguard.core.execution;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.resource.Allocation;
import io.nbguard.core.executor.OpenExecutor;
import io.nbguard.spi.executor.ExecutorCapabilities.Feature;
import io.nbguard.spi.executor.ExitReport;
import io.nbguard.spi.executor.Force;
import io.nbguard.spi.executor.LaunchedExecution;
import io.nbguard.spi.executor.StopAnswer;
import io.nbguard.spi.executor.UnsupportedFeatureException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * An execution under way that is asked for nothing that its executor does not state. What is refused names the executor and the
 * feature; so does what the executor states and has not implemented.
 */
final class FeatureGate implements LaunchedExecution {

    private final LaunchedExecution underWay;
    private final OpenExecutor executor;

    FeatureGate(LaunchedExecution underWay, OpenExecutor executor) {
        this.underWay = underWay;
        this.executor = executor;
    }

    @Override
    public CompletableFuture<ExitReport> completion() {
        return underWay.completion();
    }

    @Override
    public CompletableFuture<StopAnswer> stop(Force force) {
        return underWay.stop(force);
    }

    @Override
    public CompletableFuture<Void> suspend() {
        return ask(Feature.SUSPEND, underWay::suspend);
    }

    @Override
    public CompletableFuture<Void> resume() {
        return ask(Feature.SUSPEND, underWay::resume);
    }

    @Override
    public CompletableFuture<Void> checkpoint() {
        return ask(Feature.CHECKPOINT, underWay::checkpoint);
    }

    @Override
    public CompletableFuture<Void> update(Allocation allocation) {
        return ask(Feature.UPDATE_LIMITS, () -> underWay.update(allocation));
    }

    private CompletableFuture<Void> ask(Feature feature, Supplier<CompletableFuture<Void>> call) {
        if (!executor.capabilities().has(feature)) {
            return CompletableFuture.failedFuture(new UnsupportedFeatureException(executor.name(), feature));
        }
        CompletableFuture<Void> answer;
        try {
            answer = call.get();
        } catch (RuntimeException | LinkageError e) {
            return CompletableFuture.failedFuture(failure(feature, e));
        }
        return answer == null
                ? CompletableFuture.failedFuture(failure(feature, new NullPointerException("it returned null")))
                : answer.handle((done, failed) -> failed)
                        .thenCompose(failed -> failed == null
                                ? CompletableFuture.<Void>completedFuture(null)
                                : CompletableFuture.failedFuture(failure(feature, failed)));
    }

    private GuardException failure(Feature feature, Throwable e) {
        Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
        if (cause instanceof UnsupportedOperationException) {
            return new UnsupportedFeatureException(executor.name(), feature);
        }
        return cause instanceof GuardException known
                ? known
                : new GuardException(
                        ErrorCode.PLUGIN,
                        "executor '" + executor.name() + "' failed at " + feature + ": " + cause,
                        cause);
    }
}
