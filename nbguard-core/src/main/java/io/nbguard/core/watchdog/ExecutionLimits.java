package io.nbguard.core.watchdog;

import io.nbguard.api.GuardClock;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.watchdog.KillScenario.Cause;
import io.nbguard.core.measure.ExecutionMeter;
import java.util.List;
import java.util.Optional;

/**
 * What each execution holds, against its own limit where it has one. Sampling thread only; allocates nothing unless a limit is
 * crossed.
 */
final class ExecutionLimits {

    private final Reaper reaper;
    private final Pace pace;
    private final GuardClock clock;

    /**
     * Makes them.
     *
     * @param pace how fast executions fill
     */
    ExecutionLimits(Reaper reaper, Pace pace, GuardClock clock) {
        this.reaper = reaper;
        this.pace = pace;
        this.clock = clock;
    }

    /**
     * Ends an execution that holds more than its limit.
     *
     * @param allBytes what all executions hold now
     */
    void check(List<ExecutionMeter> meters, long allBytes, long nowNanos) {
        for (int i = 0; i < meters.size(); i++) {
            ExecutionMeter meter = meters.get(i);
            Optional<ByteSize> own = meter.watched().memoryLimit();
            if (own.isEmpty() || !meter.watched().mayBeCondemned()) {
                continue;
            }
            long limit = own.get().bytes();
            if (meter.estimateBytes(nowNanos) >= limit && meter.isAmbiguous()) {
                meter.settle(nowNanos, clock);
            }
            long used = meter.settledBytes(nowNanos);
            if (used >= limit) {
                reaper.consider(
                        new Breach(Cause.EXECUTION_LIMIT, used, limit, limit, meter.rssBytes()),
                        List.of(meter),
                        allBytes,
                        nowNanos);
            }
        }
    }

    /** Returns how long to wait until the next look at the nearest of them. */
    long pauseNanos(List<ExecutionMeter> meters, long shortestNanos, long longestNanos, long nowNanos) {
        long pause = longestNanos;
        for (int i = 0; i < meters.size(); i++) {
            ExecutionMeter meter = meters.get(i);
            Optional<ByteSize> own = meter.watched().memoryLimit();
            if (own.isPresent()) {
                long headroom = own.get().bytes() - meter.estimateBytes(nowNanos);
                pause = Math.min(pause, pace.pauseNanos(headroom, shortestNanos, longestNanos));
            }
        }
        return pause;
    }
}
