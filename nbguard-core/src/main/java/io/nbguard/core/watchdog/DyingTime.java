package io.nbguard.core.watchdog;

/**
 * How long a victim takes to die: some 27 ms per GB with ordinary pages (measured: 6 GB in 90 to 160 ms), or what it took
 * here lately. Sampling thread only.
 */
final class DyingTime {

    private static final double NANOS_PER_BYTE = 0.03;

    /** Taking the signal, leaving the kernel, being seen dead at the next look. */
    private static final long LEAST_NANOS = 10_000_000L;

    /** Smaller victims say more of the look's pace than of dying. */
    private static final long TELLING_BYTES = 256L << 20;

    private double nanosPerByte = NANOS_PER_BYTE;

    /** Takes in a death. */
    void observe(long bytes, long nanos) {
        if (bytes >= TELLING_BYTES) {
            double seen = (double) Math.max(0, nanos - LEAST_NANOS) / bytes;
            // One slow death counts, and fades with each faster one.
            nanosPerByte = Math.max(NANOS_PER_BYTE, Math.max(seen, (nanosPerByte + seen) / 2));
        }
    }

    /** Returns what must be reckoned with for a victim of {@code bytes}. */
    long nanosFor(long bytes) {
        return LEAST_NANOS + (long) (bytes * nanosPerByte);
    }
}
