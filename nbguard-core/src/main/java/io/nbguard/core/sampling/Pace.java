package io.nbguard.core.sampling;

/**
 * How long to wait until the next look. Far from a limit a tick a second is enough; near it the pause is what even the
 * fastest notebook needs to get there: {@code clamp(headroom / max(6 GB/s, 2 × observed rate), 2 ms, interval)}.
 *
 * <p>earlyoom does the same with its sleep, but never below 100 ms. Sampling thread only.
 */
final class Pace {

    /** What two threads of a notebook can touch in a second on an ordinary server (measured: 6 GB/s on two cores). */
    static final double FASTEST_FILL = 6e9;

    static final long SHORTEST_NANOS = 2_000_000L;
    private static final double HALF_LIFE_SECONDS = 5;

    private double fillRate;
    private long lastUsed;
    private long lastNanos;
    private boolean started;

    /** Takes in a reading of the bytes in use. */
    void observe(long usedBytes, long nowNanos) {
        if (started && nowNanos > lastNanos) {
            double seconds = (nowNanos - lastNanos) / 1e9;
            double rate = (usedBytes - lastUsed) / seconds;
            fillRate = Math.max(rate, fillRate * Math.pow(0.5, seconds / HALF_LIFE_SECONDS));
        }
        started = true;
        lastUsed = usedBytes;
        lastNanos = nowNanos;
    }

    /** Returns the fastest growth seen lately, in bytes per second, fading with a half-life of 5 s. */
    double fillRate() {
        return Math.max(0, fillRate);
    }

    /** Returns the pause for {@code headroomBytes} to a bound, between {@code shortest} and {@code longest} nanoseconds. */
    long pauseNanos(long headroomBytes, long shortest, long longest) {
        double seconds = Math.max(0, headroomBytes) / Math.max(FASTEST_FILL, 2 * fillRate());
        return Math.max(shortest, Math.min(longest, (long) (seconds * 1e9)));
    }
}
