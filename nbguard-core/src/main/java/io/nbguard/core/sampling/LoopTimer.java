package io.nbguard.core.sampling;

import io.nbguard.core.watchdog.Watchdog;

/** What the loop knows of its own punctuality. Sampling thread only; allocates nothing. */
final class LoopTimer {

    private static final long MINUTE_NANOS = 60_000_000_000L;

    private long dueNanos;
    private boolean started;
    private long begunNanos;
    private long planned = Watchdog.SHORTEST_PAUSE_NANOS;
    private long lag;
    private long missed;
    private long last;
    private long slowest;
    private long slowestBefore;
    private long worstLag;
    private long worstLagBefore;
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
            worstLagBefore = worstLag;
            worstLag = 0;
            minuteBegunNanos = nowNanos;
        }
        worstLag = Math.max(worstLag, lag);
        if (lag >= planned) {
            missed += lag / planned;
        }
    }

    /**
     * A tick ends, and the next is due {@code pauseNanos} after this one began.
     *
     * @param ordinary whether no execution was killed in it: the time of a kill is reported separately
     */
    void end(long nowNanos, long pauseNanos, boolean ordinary) {
        last = nowNanos - begunNanos;
        if (ordinary) {
            slowest = Math.max(slowest, last);
        }
        planned = Math.max(pauseNanos, Watchdog.SHORTEST_PAUSE_NANOS);
        // Due from now where the tick took longer than the pause: catching up would only make it later.
        dueNanos = Math.max(begunNanos + pauseNanos, nowNanos);
    }

    /** Begins anew with a tick that is due now: the first was made elsewhere, and its code was cold. */
    void restart(long nowNanos) {
        slowest = 0;
        dueNanos = nowNanos;
    }

    long dueNanos() {
        return dueNanos;
    }

    /** The loop was woken on purpose: being early for the tick that was planned is not being late. */
    void dueNow(long nowNanos) {
        dueNanos = Math.min(dueNanos, nowNanos);
    }

    /** Returns how late this tick began. */
    long lagNanos() {
        return lag;
    }

    /** Returns how late a tick of the last minute or two began at most. */
    long worstLagNanos() {
        return Math.max(worstLag, worstLagBefore);
    }

    /** Returns whether this tick began later by more than the pause before it was to last. */
    boolean isLateBeyondPlan(long leastNanos) {
        return lag >= Math.max(leastNanos, planned);
    }

    long missedTicks() {
        return missed;
    }

    long lastNanos() {
        return last;
    }

    /** Returns what the slowest ordinary tick of the last minute or two took. */
    long slowestNanos() {
        return Math.max(slowest, slowestBefore);
    }
}
