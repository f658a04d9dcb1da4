package io.nbguard.core.sampling;

import io.nbguard.api.ByteSize;
import io.nbguard.api.Reading;
import io.nbguard.api.Safety;
import io.nbguard.api.SafetyTier;
import io.nbguard.api.WatchdogMode;
import java.time.Duration;

/**
 * Computes how fast a notebook may fill the memory without outrunning the watchdog: the room between the threshold and the
 * limit over the longest time from the crossing to the signal.
 */
final class SafetyMeter {

    private static final String SOURCE = "room above the threshold / reaction time";

    private SafetyMeter() {}

    /**
     * Computes it.
     *
     * @param reactionNanos the longest time from the crossing to the signal
     * @param roomBytes the limit less the threshold; -1 without a limit
     */
    static Safety of(SafetyTier tier, WatchdogMode mode, long reactionNanos, long roomBytes) {
        return new Safety(tier, mode, Duration.ofNanos(reactionNanos), survivable(tier, reactionNanos, roomBytes));
    }

    private static Reading<ByteSize> survivable(SafetyTier tier, long reactionNanos, long roomBytes) {
        if (tier == SafetyTier.WRITABLE) {
            return new Reading.Unlimited<>("the kernel's limit around all executions");
        }
        if (roomBytes < 0) {
            return new Reading.Unavailable<>("there is no memory limit", SOURCE);
        }
        double perSecond = Math.min(Pace.FASTEST_FILL, roomBytes * 1e9 / Math.max(1, reactionNanos));
        return new Reading.Value<>(ByteSize.ofBytes((long) perSecond), SOURCE);
    }
}
