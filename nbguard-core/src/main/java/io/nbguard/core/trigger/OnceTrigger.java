package io.nbguard.core.trigger;

import io.nbguard.spi.Trigger;
import io.nbguard.spi.TriggerSpec;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.Optional;

/**
 * Fires once, at an ISO-8601 date and time: {@code 2026-03-01T02:00+01:00} or {@code 2026-03-01T01:00Z} means a moment,
 * {@code 2026-03-01T02:00} what a clock on the wall of the schedule's zone shows. A time that the clock skips fires at the
 * end of the gap; one that it shows twice, at the first.
 */
public final class OnceTrigger implements Trigger {

    /** Makes the trigger; it has no state. */
    public OnceTrigger() {}

    @Override
    public String name() {
        return "nbguard-once";
    }

    @Override
    public Optional<Instant> nextFireAfter(TriggerSpec spec, Instant after) {
        return Optional.of(moment(spec)).filter(fire -> fire.isAfter(after));
    }

    private static Instant moment(TriggerSpec spec) {
        try {
            TemporalAccessor time = DateTimeFormatter.ISO_DATE_TIME.parseBest(
                    spec.expression().strip(), ZonedDateTime::from, LocalDateTime::from);
            return time instanceof ZonedDateTime zoned
                    ? zoned.toInstant()
                    : WallClock.firstShows((LocalDateTime) time, spec.zone().getRules());
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "'" + spec.expression()
                            + "' is not a date and time: expected a form such as 2026-03-01T02:00 (in the"
                            + " schedule's zone), 2026-03-01T02:00+01:00 or 2026-03-01T01:00:00Z",
                    e);
        }
    }
}
