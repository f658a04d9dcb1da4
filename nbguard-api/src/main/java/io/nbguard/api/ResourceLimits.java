package io.nbguard.api;

import java.time.Duration;
import java.util.Optional;

/**
 * What one execution may use. Only limits that nbguard enforces are here.
 *
 * @param memory the most its process tree may hold, shared pages counted once; enforced by the watchdog, which ends the execution
 * @param timeout the longest it may run, from launch to end
 */
public record ResourceLimits(Optional<ByteSize> memory, Optional<Duration> timeout) {

    /** No limit of its own. */
    public static final ResourceLimits NONE = new ResourceLimits(Optional.empty(), Optional.empty());

    /**
     * Checks the limits.
     *
     * @throws IllegalArgumentException if a limit is zero or negative
     */
    public ResourceLimits {
        memory.filter(size -> size.bytes() == 0).ifPresent(size -> {
            throw new IllegalArgumentException("a memory limit must be more than 0 bytes");
        });
        timeout.filter(time -> time.isZero() || time.isNegative()).ifPresent(time -> {
            throw new IllegalArgumentException("a timeout must be longer than 0, not " + time);
        });
    }
}
