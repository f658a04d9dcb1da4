package io.nbguard.core.measure;

import io.nbguard.api.GuardClock;
import java.util.List;

/**
 * Measures PSS for what is shown and recorded, in the pauses of the loop: at most once a second for one execution, and for at
 * most a fiftieth of the time for all together. A reading that would take more than a quarter of the pause waits for a longer
 * one, so none is made close to a threshold: there the watchdog itself measures what its decision hangs on.
 *
 * <p>Sampling thread only; a call that measures nothing allocates nothing.
 */
public final class PssReadings {

    private static final int SHARE_OF_TIME = 50;
    private static final int SHARE_OF_PAUSE = 4;
    private static final long MOST_ALLOWED_NANOS = 100_000_000L;

    private final GuardClock clock;

    /** Whether none is made any more: one did not return, and the next would hold up this thread as well. */
    private final boolean off;

    private volatile boolean underWay;
    private long allowedNanos = MOST_ALLOWED_NANOS;
    private long lastNanos;
    private boolean begun;
    private int next;

    public PssReadings(GuardClock clock, boolean off) {
        this.clock = clock;
        this.off = off;
    }

    /** Returns whether a reading has not returned, or one of an earlier thread has not. Any thread. */
    public boolean isHeldUp() {
        return off || underWay;
    }

    /** Measures what is due and can be afforded, those first whose turn it was last time. */
    public void make(List<ExecutionMeter> meters, long nowNanos, long pauseNanos) {
        long elapsed = begun ? nowNanos - lastNanos : 0;
        begun = true;
        lastNanos = nowNanos;
        // What a large tree has cost beyond the allowance is waited for.
        allowedNanos = Math.min(MOST_ALLOWED_NANOS, allowedNanos + elapsed / SHARE_OF_TIME);
        long left = pauseNanos / SHARE_OF_PAUSE;
        if (off) {
            return;
        }
        int first = next;
        for (int i = 0; i < meters.size() && allowedNanos > 0; i++) {
            int index = (first + i) % meters.size();
            ExecutionMeter meter = meters.get(index);
            if (meter.isPssDue(nowNanos) && meter.held().costNanos(nowNanos) <= left) {
                long begin = clock.nanoTime();
                underWay = true;
                try {
                    meter.readPss(nowNanos, clock);
                } finally {
                    underWay = false;
                }
                long took = clock.nanoTime() - begin;
                allowedNanos -= took;
                left -= took;
                next = index + 1;
            }
        }
    }
}
