package io.nbguard.core.sampling;

import org.jspecify.annotations.Nullable;

/**
 * A part of the heap that is kept for the moment in which the host has used up the rest: given back then, so that a decision
 * to kill, which needs some small objects, can be made. It is a way out and no promise, because others that want memory may
 * be faster; a watchdog in the sidecar has a heap of its own. Sampling thread only.
 */
final class HeapReserve {

    /** Half of the smallest region of G1, which is given to such an array alone and comes back as a whole. */
    private static final int BYTES = 512 * 1024;

    private static final long AGAIN_NANOS = 1_000_000_000L;

    private byte @Nullable [] reserve = new byte[BYTES];
    private long givenNanos;

    /** Gives it back to the heap; returns whether there was one. Allocates nothing. */
    boolean release(long nowNanos) {
        boolean had = reserve != null;
        reserve = null;
        givenNanos = nowNanos;
        return had;
    }

    /** Takes it anew, a second after it was given back at the earliest, if the heap has it by now. */
    void refill(long nowNanos) {
        if (reserve == null && nowNanos - givenNanos >= AGAIN_NANOS) {
            givenNanos = nowNanos;
            try {
                reserve = new byte[BYTES];
            } catch (OutOfMemoryError e) {
                // Tried again in a second.
                reserve = null;
            }
        }
    }
}
