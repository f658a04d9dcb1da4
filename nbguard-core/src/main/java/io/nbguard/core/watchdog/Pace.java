package io.nbguard.core.watchdog;

/**
 * How long to wait until the next look. Far from a limit a tick a second is enough; near it the pause is what even the
 * fastest notebook needs to get there: {@code clamp(headroom / max(fastest, 2 × observed rate), shortest, interval)}.
 *
 * <p>earlyoom does the same with its sleep, but never below 100 ms. Sampling thread only.
 */
final class Pace {

    /**
     * Beyond what two threads of a notebook fill in a second with huge pages (measured: 14 to 18 GB/s), with nearly as much
     * again in reserve: a pause that fits the fastest filler exactly misses the crossing when a filler is faster still.
     */
    static final double FASTEST_FILL = 32e9;

    /** The same with ordinary pages (measured: 6 GB/s), for bounds behind which there is no OOM killer. */
    static final double ORDINARY_FILL = 6e9;

    static final long SHORTEST_NANOS = 1_000_000L;

    /** Two readings that are nearer to each other than this say nothing of a rate. */
    private static final long TOO_NEAR_NANOS = 100_000L;

    private static final double HALF_LIFE_SECONDS = 5;
    private static final double RECENT_HALF_LIFE_SECONDS = 0.01;

    private final double fastest;
    private double fillRate;
    private double recentRate;
    private long lastUsed;
    private long lastNanos;
    private boolean started;

    /** Makes one for notebooks that fill {@code fastest} bytes a second even before anything was observed. */
    Pace(double fastest) {
        this.fastest = fastest;
    }

    /** Takes in a reading of the bytes in use. */
    void observe(long usedBytes, long nowNanos) {
        if (started) {
            if (nowNanos - lastNanos < TOO_NEAR_NANOS) {
                return;
            }
            double seconds = (nowNanos - lastNanos) / 1e9;
            double rate = (usedBytes - lastUsed) / seconds;
            fillRate = Math.max(rate, fillRate * Math.pow(0.5, seconds / HALF_LIFE_SECONDS));
            recentRate = Math.max(rate, recentRate * Math.pow(0.5, seconds / RECENT_HALF_LIFE_SECONDS));
        }
        started = true;
        lastUsed = usedBytes;
        lastNanos = nowNanos;
    }

    /** Returns the fastest growth seen lately, in bytes per second, fading with a half-life of 5 s. */
    double fillRate() {
        return Math.max(0, fillRate);
    }

    /** Returns the growth at this moment, in bytes per second: the fastest seen, fading with a half-life of 10 ms. */
    double recentRate() {
        return Math.max(0, recentRate);
    }

    /** The growth that was going on has ended: only a new observation says otherwise. */
    void slowedDown() {
        recentRate = 0;
    }

    /** Returns the pause for {@code headroomBytes} to a bound, between {@code shortest} and {@code longest} nanoseconds. */
    long pauseNanos(long headroomBytes, long shortest, long longest) {
        double seconds = Math.max(0, headroomBytes) / Math.max(fastest, 2 * fillRate());
        return Math.max(shortest, Math.min(longest, (long) (seconds * 1e9)));
    }
}
