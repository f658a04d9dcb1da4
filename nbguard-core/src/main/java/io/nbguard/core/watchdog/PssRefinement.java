package io.nbguard.core.watchdog;

import io.nbguard.api.GuardClock;
import io.nbguard.core.measure.ExecutionMeter;
import io.nbguard.core.measure.HeldEstimate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Settles by PSS what RSS leaves open. Dear (some 4 µs per MiB, while which the measured process may stall), so only what
 * a decision hangs on is measured. Sampling thread only.
 */
final class PssRefinement {

    /** What part of the time that is left may be spent on measuring PSS to choose the right victim. */
    static final double SHARE_OF_TIME_LEFT = 0.25;

    private final GuardClock clock;

    PssRefinement(GuardClock clock) {
        this.clock = clock;
    }

    /** Settles how much all of them hold: measures each whose bounds are apart. */
    void settle(List<ExecutionMeter> meters, long nowNanos) {
        for (ExecutionMeter meter : meters) {
            if (meter.isAmbiguous()) {
                meter.settle(nowNanos, clock);
            }
        }
    }

    /**
     * Settles which execution holds most: measures the PSS of each that could, the heaviest first, as far as {@code
     * nanosLeft} reach. Where no other execution can hold more than one is known to hold, nothing is left to settle.
     *
     * <p>Pages that one process maps are counted once in its RSS, and what of them others have in common with it cannot be
     * more than all that the others have: a process much heavier than the rest together needs no PSS, which for gigabytes of
     * shared memory takes a tenth of a second.
     */
    void settleHeaviest(List<ExecutionMeter> meters, long nowNanos, long nanosLeft) {
        long all = 0;
        for (ExecutionMeter meter : meters) {
            all += meter.rssBytes();
        }
        long surest = 0;
        for (ExecutionMeter meter : meters) {
            long others = all - meter.rssBytes();
            surest = Math.max(surest, Math.max(meter.lowerBytes(), meter.largestProcessBytes() - others));
        }
        List<ExecutionMeter> contenders = new ArrayList<>(meters.size());
        for (ExecutionMeter meter : meters) {
            if (meter.rssBytes() >= surest) {
                contenders.add(meter);
            }
        }
        if (contenders.size() < 2) {
            return;
        }
        contenders.sort(Comparator.comparingLong(ExecutionMeter::rssBytes).reversed());
        long left = nanosLeft;
        for (ExecutionMeter meter : contenders) {
            long cost = (long) (meter.rssBytes() * HeldEstimate.USUAL_NANOS_PER_BYTE);
            if (meter.isAmbiguous() && cost <= left) {
                meter.settle(nowNanos, clock);
                left -= cost;
            }
        }
    }

    /**
     * Measures memory that no process maps, if the unattributed amount could change which execution is the heaviest.
     *
     * @param unexplained what is in use beside all that executions are known to hold
     * @param longestNanos how long it may take altogether
     */
    void settleUnmapped(List<ExecutionMeter> meters, long unexplained, long nowNanos, long longestNanos) {
        long first = 0;
        long second = 0;
        for (ExecutionMeter meter : meters) {
            long bytes = meter.settledBytes(nowNanos);
            second = Math.max(second, Math.min(first, bytes));
            first = Math.max(first, bytes);
        }
        if (unexplained <= first - second) {
            return;
        }
        long end = clock.nanoTime() + longestNanos;
        for (ExecutionMeter meter : meters) {
            long left = end - clock.nanoTime();
            if (left > 0) {
                meter.measureUnmapped(nowNanos, left);
            }
        }
    }
}
