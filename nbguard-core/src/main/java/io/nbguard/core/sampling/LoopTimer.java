package io.nbguard.core.sampling;

/** What the loop knows of its own punctuality. Sampling thread only; allocates nothing. */
final class LoopTimer {

    private static final long MINUTE_NANOS = 60_000_000_000L;

    private long dueNanos;
    private boolean started;
    private long begunNanos;
    private long lag;
    private long missed;
    private long last;
    private long slowest;
    private long slowestBefore;
    private long minuteBegunNanos;

    /** A tick begins. */
    void begin(long nowNanos) {
        if (!started) {
            started = true;
            dueNanos = nowNanos;
            minuteBegunNanos = nowNanos;
        }
        begunNanos = nowNanos;
        lag = Math.max(0, nowNanos - dueNanos);
        if (nowNanos - minuteBegunNanos >= MINUTE_NANOS) {
            slowestBefore = slowest;
            slowest = 0;
            minuteBegunNanos = nowNanos;
        }
    }

    /** A tick ends, and the next is due {@code pauseNanos} after this one began. */
    void end(long nowNanos, long pauseNanos) {
        last = nowNanos - begunNanos;
        slowest = Math.max(slowest, last);
        if (lag >= pauseNanos) {
            missed += lag / pauseNanos;
        }
        // Due from now where the tick took longer than the pause: catching up would only make it later.
        dueNanos = Math.max(begunNanos + pauseNanos, nowNanos);
    }

    long dueNanos() {
        return dueNanos;
    }

    /** The loop was woken on purpose: being early for the tick that was planned is not being late. */
    void dueNow(long nowNanos) {
        dueNanos = Math.min(dueNanos, nowNanos);
    }

    long lagNanos() {
        return lag;
    }

    long missedTicks() {
        return missed;
    }

    long lastNanos() {
        return last;
    }

    long slowestNanos() {
        return Math.max(slowest, slowestBefore);
    }
}
