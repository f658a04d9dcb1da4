package io.nbguard.core.schedule;

import io.nbguard.api.ExecutionId;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Decides whether an execution may be launched once it is its turn. */
@FunctionalInterface
public interface LaunchPermit {

    /** Always given. */
    LaunchPermit FREE = id -> CompletableFuture.completedFuture(Optional.empty());

    /** Asks, once; returns at once. The answer is empty, or why the execution must not be launched. */
    CompletableFuture<Optional<String>> ask(ExecutionId id);
}
