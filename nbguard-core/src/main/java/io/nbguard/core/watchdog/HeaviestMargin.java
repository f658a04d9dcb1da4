package io.nbguard.core.watchdog;

import io.nbguard.core.measure.ExecutionMeter;
import java.util.List;

/**
 * By how much the heaviest execution was ahead of all others when the trees were read last. As long as no other execution can
 * have caught up since, the choice is made already, and the kill at the crossing need not wait for the trees to be read
 * again. Sampling thread only; allocates nothing.
 */
final class HeaviestMargin {

    private long aheadBytes;
    private long takenNanos = Long.MIN_VALUE / 2;
    private boolean hasCandidate;

    /** Takes in what was just read. */
    void take(List<ExecutionMeter> meters, long nowNanos) {
        int first = -1;
        for (int i = 0; i < meters.size(); i++) {
            if (meters.get(i).watched().mayBeCondemned()
                    && (first < 0
                            || meters.get(i).lowerBytes() > meters.get(first).lowerBytes())) {
                first = i;
            }
        }
        long second = 0;
        for (int i = 0; i < meters.size(); i++) {
            if (i != first && meters.get(i).watched().mayBeCondemned()) {
                second = Math.max(second, meters.get(i).rssBytes());
            }
        }
        hasCandidate = first >= 0;
        aheadBytes = hasCandidate ? meters.get(first).lowerBytes() - second : 0;
        takenNanos = nowNanos;
    }

    /**
     * Returns whether the heaviest is still the heaviest, even if another execution took all the growth.
     *
     * @param rate how fast all of them together may have grown since, in bytes per second
     */
    boolean isSafe(double rate, long nowNanos) {
        return hasCandidate && aheadBytes > Math.max(rate, Pace.FASTEST_FILL) * (nowNanos - takenNanos) / 1e9;
    }
}
