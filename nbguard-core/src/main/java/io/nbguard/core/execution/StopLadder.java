package io.nbguard.core.execution;

import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.StopMode;
import io.nbguard.spi.executor.Force;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The way an execution is ended: which force to use next, and when (spec A4). It times what is asked of an executor, whose processes
 * may be elsewhere; what is killed here is confirmed by {@link TreeEnd}. Knows no processes and no clock; one thread.
 */
final class StopLadder {

    private static final Duration KILL_AGAIN = Duration.ofMillis(500);
    private static final Duration TIMEOUT_GRACE = Duration.ofSeconds(2);

    private final List<Force> rungs;
    private final long graceNanos;
    private int used;
    private boolean killed;
    private long nextAtNanos;

    private StopLadder(List<Force> rungs, Duration grace, long nowNanos) {
        this.rungs = new ArrayList<>(rungs);
        graceNanos = grace.toNanos();
        nextAtNanos = nowNanos;
    }

    /**
     * Begins a stop.
     *
     * @param grace how long each milder force may take before the next is used
     */
    static StopLadder begin(EndReason reason, StopMode mode, Duration grace, long nowNanos) {
        if (mode == StopMode.IMMEDIATE) {
            return new StopLadder(List.of(), Duration.ZERO, nowNanos);
        }
        if (reason == EndReason.TIMEOUT) {
            // It had its time: one chance to save its work, then the end.
            Duration shorter = grace.compareTo(TIMEOUT_GRACE) < 0 ? grace : TIMEOUT_GRACE;
            return new StopLadder(List.of(Force.INTERRUPT), shorter, nowNanos);
        }
        return new StopLadder(List.of(Force.INTERRUPT, Force.TERMINATE), grace, nowNanos);
    }

    /** Leaves out what is left of the milder forces. */
    void hasten(long nowNanos) {
        if (!killed) {
            used = rungs.size();
            nextAtNanos = nowNanos;
        }
    }

    /** Returns whether a force is due. */
    boolean isDue(long nowNanos) {
        return nowNanos - nextAtNanos >= 0;
    }

    /** Returns the nanoseconds until the next force is due, 0 or more. */
    long dueInNanos(long nowNanos) {
        return Math.max(0, nextAtNanos - nowNanos);
    }

    /** Returns the force to use now, and sets the time of the next. */
    Force take(long nowNanos) {
        if (used < rungs.size()) {
            nextAtNanos = nowNanos + graceNanos;
            return rungs.get(used++);
        }
        killed = true;
        nextAtNanos = nowNanos + KILL_AGAIN.toNanos();
        return Force.KILL;
    }
}
