package io.nbguard.core.thread;

import java.time.Duration;

/**
 * The pauses between attempts: each is twice as long as the one before, up to a longest one. Allocates nothing. One thread at a time
 * takes pauses, not always the same one.
 */
public final class GrowingPause {

    private final long firstNanos;
    private final long longestNanos;
    private volatile long nextNanos;

    /**
     * Begins with {@code first}.
     *
     * @param longest no pause is longer
     */
    public GrowingPause(Duration first, Duration longest) {
        firstNanos = first.toNanos();
        longestNanos = longest.toNanos();
        nextNanos = firstNanos;
    }

    /** Returns the pause after an attempt that has failed, in nanoseconds. */
    public long takeNanos() {
        long taken = nextNanos;
        nextNanos = Math.min(longestNanos, 2 * taken);
        return taken;
    }

    /** Begins anew, since an attempt has succeeded. */
    public void reset() {
        nextNanos = firstNanos;
    }
}
