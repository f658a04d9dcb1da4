package io.nbguard.core.watchdog;

import io.nbguard.api.watchdog.KillScenario.Cause;
import io.nbguard.api.watchdog.MemoryRung;
import io.nbguard.core.measure.NodeMeter;

/**
 * The node's use against its threshold: how much is left, how fast it goes, and when to look again.
 *
 * <p>What counts is what cannot be reclaimed, and to know that exactly costs tens of microseconds
 * ({@code memory.stat}), while the raw number costs one. The raw number is an upper bound of it, so as long as that is
 * below the threshold nothing more is needed to know that the threshold is not crossed; from there on every look is an
 * exact one. In between, use is <em>estimated</em>: the raw number less what could be reclaimed at the last exact
 * look. The estimate is too low by what was dropped from the cache since, and that only makes a pause longer: by 1/32
 * ns per byte dropped, within the 100 ms after which an exact look is due again.
 *
 * <p>Sampling thread only; allocates nothing, but for {@link #breach}.
 */
public final class NodeBound {

    private static final long EXACT_VALID_NANOS = 100_000_000L;

    private final NodeMeter meter;
    private final Ladder ladder;
    private final Pace pace = new Pace(Pace.FASTEST_FILL);
    private final FinalApproach approach = new FinalApproach();
    private long exactNanos = Long.MIN_VALUE / 2;
    private long exactUsed;
    private boolean wasBreached;

    NodeBound(NodeMeter meter, Ladder ladder) {
        this.meter = meter;
        this.ladder = ladder;
    }

    /** Returns whether there is a limit, and the use is known. */
    boolean isKnown() {
        return meter.isBounded();
    }

    /** Returns what cannot be reclaimed, as of the last look. */
    long usedBytes() {
        return meter.unreclaimableBytes();
    }

    /** Returns the limit. */
    long limitBytes() {
        return meter.limitBytes();
    }

    /** Returns where the watchdog acts. */
    long thresholdBytes() {
        return ladder.killBytes(meter.limitBytes());
    }

    /** Returns what lies between the threshold and the limit, or -1 if there is no limit. */
    public long roomBytes() {
        return isKnown() ? limitBytes() - thresholdBytes() : -1;
    }

    /** Returns whether use is beyond the threshold. */
    public boolean isBreached() {
        boolean breached = isKnown() && usedBytes() >= thresholdBytes();
        wasBreached |= breached;
        return breached;
    }

    /** Returns whether use was seen beyond the threshold since the last call. */
    boolean takeWasBreached() {
        boolean was = wasBreached;
        wasBreached = false;
        return was;
    }

    /** Returns whether the cheap look that was just made must be followed by an exact one. */
    public boolean needsExact(long nowNanos) {
        if (!isKnown()) {
            return false;
        }
        long threshold = thresholdBytes();
        if (meter.rawBytes() >= threshold) {
            return true;
        }
        long age = nowNanos - exactNanos;
        return age >= EXACT_VALID_NANOS
                || (age >= Pace.SHORTEST_NANOS && usedBytes() - exactUsed >= (threshold - exactUsed) / 8);
    }

    /** Takes in an exact look. Only these say how fast use grows: a flood of page cache is no growth. */
    public void looked(long nowNanos) {
        if (isKnown()) {
            exactNanos = nowNanos;
            exactUsed = usedBytes();
            pace.observe(exactUsed, nowNanos);
        }
    }

    /** Reports the rung of the present use. */
    void climb() {
        if (isKnown()) {
            ladder.stand(usedBytes(), limitBytes());
        }
    }

    MemoryRung rung() {
        return ladder.rung();
    }

    /** Returns the breach as of the last look. */
    Breach breach() {
        return new Breach(Cause.NODE_LIMIT, usedBytes(), thresholdBytes(), limitBytes(), meter.rawBytes());
    }

    /**
     * Reads the use once more.
     *
     * @param exactly whether so much time has passed that what can be reclaimed may be another amount
     */
    Breach recheck(Breach breach, boolean exactly) {
        if (exactly) {
            meter.sample();
        } else {
            meter.sampleMemory();
        }
        return isKnown() ? breach() : breach;
    }

    /** Returns how long what is left below the limit lasts at the fastest rate seen lately, at most some minutes. */
    long lastsNanos() {
        return lastsNanos(Math.max(pace.fillRate(), 1e9));
    }

    /** Returns how long what is left below the limit lasts at the rate of this moment, at most some minutes. */
    long lastsNowNanos() {
        return lastsNanos(Math.max(pace.recentRate(), 16e6));
    }

    private long lastsNanos(double rate) {
        return (long) Math.min(600e9, Math.max(0, limitBytes() - usedBytes()) / rate * 1e9);
    }

    /** Returns how fast it has been growing at most lately, in bytes per second. */
    double fillRate() {
        return pace.fillRate();
    }

    /**
     * Returns how long to wait until the next look: nothing during the final approach.
     *
     * @param beyondNanos the pause beyond the threshold
     */
    long pauseNanos(long beyondNanos, long longestNanos, long nowNanos) {
        if (!isKnown()) {
            return longestNanos;
        }
        long headroom = thresholdBytes() - usedBytes();
        if (approach.isOn(headroom, pace.recentRate(), nowNanos)) {
            return 0;
        }
        if (approach.wasInVain()) {
            pace.slowedDown();
        }
        return headroom < 0 ? beyondNanos : pace.pauseNanos(headroom, Pace.SHORTEST_NANOS, longestNanos);
    }

    /** Returns whether the loop is in the final approach: everything that can wait does. */
    public boolean isApproached() {
        return approach.isOn();
    }
}
