package io.nbguard.core.sampling;

import io.nbguard.core.watchdog.Watchdog;

/**
 * When everything is read again, when the process trees are, and when the next tick is due. Sampling thread only; allocates
 * nothing.
 */
final class TickSchedule {

    /** Trees cost more than the node: they are read no more often than this. */
    static final long SHORTEST_TREE_PAUSE_NANOS = 20_000_000L;

    private final long intervalNanos;
    private long nextFullNanos = Long.MIN_VALUE;
    private long nextTreesNanos = Long.MIN_VALUE;
    private long lastTreesNanos;
    private long boundsPauseNanos;

    /** Makes one in which everything is due. */
    TickSchedule(long intervalNanos) {
        this.intervalNanos = intervalNanos;
    }

    /** Returns the longest pause between two ticks, and between two readings of everything. */
    long intervalNanos() {
        return intervalNanos;
    }

    /** Returns whether everything is to be read. */
    boolean isFullDue(long nowNanos) {
        return nowNanos >= nextFullNanos;
    }

    /** Returns whether the trees are to be read. */
    boolean areTreesDue(long nowNanos) {
        return nowNanos >= nextTreesNanos;
    }

    /** Everything was read of the node. */
    void fullRead(long nowNanos) {
        nextFullNanos = nowNanos + intervalNanos;
    }

    /** The trees are read now. */
    void treesRead(long nowNanos) {
        lastTreesNanos = nowNanos;
    }

    /** Takes in how long the bounds that hang on the trees can wait for them. */
    void boundsWait(long pauseNanos) {
        boundsPauseNanos = pauseNanos;
    }

    /** The next tick reads the trees. */
    void readTreesNext() {
        nextTreesNanos = Long.MIN_VALUE;
    }

    /**
     * Plans the next reading of the trees; returns the pause until the next tick.
     *
     * @param nodePauseNanos how long the node can wait for the next look
     */
    long planNext(long nodePauseNanos, long nowNanos) {
        // Trees decide only who, not when, at the node's limit: a sixteenth of its pace is enough for the choice.
        long treePause = Math.min(boundsPauseNanos, Math.max(SHORTEST_TREE_PAUSE_NANOS, 16 * nodePauseNanos));
        nextTreesNanos = lastTreesNanos + treePause;
        return nodePauseNanos == 0
                ? 0
                : Math.max(Math.min(nodePauseNanos, nextTreesNanos - nowNanos), Watchdog.SHORTEST_PAUSE_NANOS);
    }
}
