package io.nbguard.core.sampling;

import org.jspecify.annotations.Nullable;

/**
 * Parts of the heap that are kept for the moment in which the host has used up the rest: given back then, one for each attempt,
 * so that a decision to kill, which needs some small objects, can be made. It is a way out and no promise, because others
 * that want memory may be faster; a watchdog in the sidecar has a heap of its own. Sampling thread only.
 */
final class HeapReserve {

    private static final int PARTS = 4;

    /** Half of the smallest region of G1, which is given to such an array alone and comes back as a whole. */
    private static final int BYTES = 512 * 1024;

    private static final long AGAIN_NANOS = 1_000_000_000L;

    private final byte[] @Nullable [] parts = new byte[PARTS][];
    private int held;
    private long givenNanos;

    HeapReserve() {
        fill();
    }

    /** Gives a part back to the heap; returns whether there was one. Allocates nothing. */
    boolean release(long nowNanos) {
        if (held == 0) {
            return false;
        }
        held--;
        parts[held] = null;
        givenNanos = nowNanos;
        return true;
    }

    /** Takes anew what was given back, a second later at the earliest, if the heap has it by now. */
    void refill(long nowNanos) {
        if (held < PARTS && nowNanos - givenNanos >= AGAIN_NANOS) {
            givenNanos = nowNanos;
            try {
                fill();
            } catch (OutOfMemoryError e) {
                // Tried again in a second.
                givenNanos = nowNanos;
            }
        }
    }

    private void fill() {
        while (held < PARTS) {
            parts[held] = new byte[BYTES];
            held++;
        }
    }
}
