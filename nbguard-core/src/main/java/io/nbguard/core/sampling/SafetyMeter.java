package io.nbguard.core.sampling;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Reading;
import io.nbguard.api.watchdog.Safety;
import io.nbguard.api.watchdog.SafetyTier;
import io.nbguard.api.watchdog.WatchdogMode;
import io.nbguard.core.watchdog.Watchdog;
import java.time.Duration;

/**
 * Computes how fast the memory may be filled without outrunning the watchdog: the room between the threshold and the limit
 * over the time from the crossing to the moment from which use falls.
 *
 * <p>With one execution that moment is the signal. With several it is the death of the heaviest, because the others go on
 * meanwhile, and one may be ended only when the last is dead; and a part of the room may be spent on finding out which
 * execution is the heaviest.
 */
final class SafetyMeter {

    /** In bytes per second: nothing much faster was ever tried, so nothing faster is promised. */
    private static final double MOST_PROMISED = 16e9;

    private static final String SOURCE = "room above the threshold / reaction time";

    private SafetyMeter() {}

    /** Computes it; a loop that stands still promises nothing of its own. */
    static Safety of(TickReadings readings, long ageNanos, boolean stalled) {
        if (!stalled || readings.watchdog == WatchdogMode.SIDECAR || readings.tier == SafetyTier.WRITABLE) {
            return of(
                    readings.tier, readings.watchdog, readings.reactionNanos, readings.dyingNanos, readings.roomBytes);
        }
        return new Safety(
                readings.tier,
                readings.watchdog,
                Duration.ofNanos(Math.max(readings.reactionNanos, ageNanos)),
                new Reading.Unavailable<>(
                        "the sampling loop stands still: its last tick was "
                                + Duration.ofNanos(ageNanos).toMillis() + " ms ago",
                        SOURCE));
    }

    /**
     * Computes it.
     *
     * @param reactionNanos the longest time from the crossing to the signal
     * @param dyingNanos how long the heaviest takes to die while others go on; 0 where there are no others
     * @param roomBytes the limit less the threshold; -1 without a limit
     */
    static Safety of(SafetyTier tier, WatchdogMode mode, long reactionNanos, long dyingNanos, long roomBytes) {
        return new Safety(
                tier, mode, Duration.ofNanos(reactionNanos), survivable(tier, reactionNanos, dyingNanos, roomBytes));
    }

    private static Reading<ByteSize> survivable(SafetyTier tier, long reactionNanos, long dyingNanos, long roomBytes) {
        if (tier == SafetyTier.WRITABLE) {
            return new Reading.Unlimited<>("the kernel's limit around all executions");
        }
        if (roomBytes < 0) {
            return new Reading.Unavailable<>("there is no memory limit", SOURCE);
        }
        double room = dyingNanos > 0 ? roomBytes * (1 - Watchdog.PSS_SHARE_OF_TIME_LEFT) : roomBytes;
        double perSecond = Math.min(MOST_PROMISED, room * 1e9 / Math.max(1, reactionNanos + dyingNanos));
        return new Reading.Value<>(ByteSize.ofBytes((long) perSecond), SOURCE);
    }
}
