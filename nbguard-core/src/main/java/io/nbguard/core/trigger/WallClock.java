package io.nbguard.core.trigger;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/** What a clock on the wall shows, which at the ends of summer time skips some times of day and shows others twice. */
final class WallClock {

    private WallClock() {}

    /**
     * Returns the first moment at which the clock shows {@code time} or later: the earlier of two in an overlap, the end
     * of the gap for a time that is skipped.
     */
    static Instant firstShows(LocalDateTime time, ZoneRules rules) {
        ZoneOffsetTransition change = rules.getTransition(time);
        if (change == null) {
            return time.toInstant(rules.getOffset(time));
        }
        return change.isGap() ? change.getInstant() : time.toInstant(change.getOffsetBefore());
    }
}
