package io.nbguard.core.watchdog;

/**
 * The last milliseconds before a threshold that is about to be crossed at speed: then the loop does not sleep between
 * looks, because a look costs a microsecond or two, and a wake-up a hundred times that.
 *
 * <p>Bounded, because it takes a whole core: only while use grows fast <em>and</em> what is left lasts no longer than
 * {@value #LASTING_SECONDS} s at that rate; 6 ms at a time, 20 ms in a second. Use that is merely near its threshold is
 * looked at every millisecond, and no more. Sampling thread only.
 */
final class FinalApproach {

    /** Slower growth than this, in bytes per second, loses less in a pause of 1 ms than a page cache's noise. */
    static final double FAST = 250e6;

    private static final double LASTING_SECONDS = 0.003;
    private static final long LONGEST_NANOS = 6_000_000L;
    private static final long WINDOW_NANOS = 1_000_000_000L;
    private static final long BUDGET_NANOS = 20_000_000L;

    private boolean on;
    private boolean inVain;
    private long begunNanos;
    private long lastNanos;
    private long windowBegunNanos = Long.MIN_VALUE / 2;
    private long spentNanos;

    /**
     * Takes in how things stand.
     *
     * @param rate how fast use grows at this moment, in bytes per second
     * @return whether the next look is due at once
     */
    boolean isOn(long headroomBytes, double rate, long nowNanos) {
        if (nowNanos - windowBegunNanos >= WINDOW_NANOS) {
            windowBegunNanos = nowNanos;
            spentNanos = 0;
        }
        if (on) {
            spentNanos += nowNanos - lastNanos;
        }
        lastNanos = nowNanos;
        inVain = on && nowNanos - begunNanos >= LONGEST_NANOS;
        boolean due = headroomBytes > 0 && rate >= FAST && headroomBytes <= rate * LASTING_SECONDS;
        if (!due || inVain || spentNanos >= BUDGET_NANOS) {
            on = false;
        } else if (!on) {
            on = true;
            begunNanos = nowNanos;
        }
        return on;
    }

    /** Returns whether the last look ended an approach that took too long: the growth it was begun for has ceased. */
    boolean wasInVain() {
        return inVain;
    }

    /** Returns whether it was on at the last look. */
    boolean isOn() {
        return on;
    }
}
