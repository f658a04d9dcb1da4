package io.nbguard.api.execution;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where an execution is in its life, and when it came there.
 *
 * @param state its state
 * @param message one line for a person about the state: of an end, such as {@code OOM Prevention: Terminated hog.ipynb}; in
 *     {@link ExecutionState#WAITING} and {@link ExecutionState#CONTACT_LOST}, why it waits or cannot be seen
 * @param submittedAt when the request was accepted
 * @param startedAt when it was launched
 * @param endedAt when nothing of it was alive any more
 */
public record ExecutionLifecycle(
        ExecutionState state,
        Optional<String> message,
        Instant submittedAt,
        Optional<Instant> startedAt,
        Optional<Instant> endedAt) {

    /** Returns the time from start to end, or to {@code now} while it runs; zero before the start. */
    public Duration elapsed(@Nullable Instant now) {
        if (startedAt.isEmpty()) {
            return Duration.ZERO;
        }
        Instant until = endedAt.orElse(now == null ? startedAt.get() : now);
        return Duration.between(startedAt.get(), until);
    }
}
