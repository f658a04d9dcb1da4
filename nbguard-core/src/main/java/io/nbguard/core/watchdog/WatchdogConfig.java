package io.nbguard.core.watchdog;

import io.nbguard.api.measure.ByteSize;
import java.time.Duration;
import java.util.Optional;

/**
 * How often the watchdog looks and when it acts.
 *
 * @param interval the longest pause between two looks; near a limit it looks more often by itself
 * @param warnAt the rung at which a warning is published
 * @param stopAdmittingAt the rung at which nothing new is started
 * @param killAt the rung at which an execution is ended
 * @param nodeLimit a limit below the node's own, if the host wants one
 * @param memoryBudget what all executions together may hold, if the host wants a bound on that; its rungs are those
 *     above, and 15/16 of the budget where {@code killAt} is in bytes
 * @param coolDown the pause after a confirmed kill before the next one; given up when memory runs out meanwhile
 * @param killTimeout how long to wait for a victim's death before the next victim is considered
 * @param dryRun decide and report, but send no signal
 */
public record WatchdogConfig(
        Duration interval,
        MemoryThreshold warnAt,
        MemoryThreshold stopAdmittingAt,
        MemoryThreshold killAt,
        Optional<ByteSize> nodeLimit,
        Optional<ByteSize> memoryBudget,
        Duration coolDown,
        Duration killTimeout,
        boolean dryRun) {

    /** The rungs of spec C1 (80 %, 85 %, 15/16), one tick a second, no budget. */
    public static final WatchdogConfig DEFAULTS = new WatchdogConfig(
            Duration.ofSeconds(1),
            MemoryThreshold.fraction(0.80),
            MemoryThreshold.fraction(0.85),
            MemoryThreshold.fraction(0.9375),
            Optional.empty(),
            Optional.empty(),
            Duration.ofMillis(250),
            Duration.ofSeconds(5),
            false);

    /**
     * Checks what the types do not.
     *
     * @throws IllegalArgumentException if a duration or a size is out of range
     */
    public WatchdogConfig {
        if (interval.compareTo(Duration.ofMillis(10)) < 0 || interval.compareTo(Duration.ofMinutes(1)) > 0) {
            throw new IllegalArgumentException("the sampling interval must be 10 ms to 1 min, not " + interval);
        }
        if (coolDown.isNegative() || killTimeout.isNegative()) {
            throw new IllegalArgumentException(
                    "cool-down and kill timeout must not be negative: " + coolDown + ", " + killTimeout);
        }
        requirePositive("node limit", nodeLimit);
        requirePositive("memory budget", memoryBudget);
    }

    private static void requirePositive(String what, Optional<ByteSize> size) {
        if (size.isPresent() && size.get().bytes() == 0) {
            throw new IllegalArgumentException("the " + what + " must be more than 0 bytes");
        }
    }

    /** Returns where the budget's kill rung is. */
    MemoryThreshold budgetKillAt() {
        return killAt instanceof MemoryThreshold.Fraction ? killAt : DEFAULTS.killAt;
    }
}
