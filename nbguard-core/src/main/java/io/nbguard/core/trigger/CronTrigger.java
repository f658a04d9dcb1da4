package io.nbguard.core.trigger;

import io.nbguard.spi.Trigger;
import io.nbguard.spi.TriggerSpec;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Optional;

/**
 * Fires when a clock on the wall of the schedule's zone shows what a crontab line says: minute, hour, day of month, month,
 * day of week ({@code 0 2 * * mon-fri}), or {@code @hourly}, {@code @daily}, {@code @midnight}, {@code @weekly},
 * {@code @monthly}, {@code @yearly}, {@code @annually}. Lists, ranges, steps and names as in crontab(5): 0 and 7 are both
 * Sunday, {@code fri-sun} is a range, and when both day fields are restricted (do not begin with {@code *}) a day needs to
 * match only one of them.
 *
 * <p>Summer time is treated as Vixie cron and its successors do. An expression whose minute and hour both do not begin with
 * {@code *} names <em>times of day</em>, and each day has each of them once: a time that the clock skips fires at the end of
 * the gap (several skipped ones fire once, together), a time that it shows twice fires at the first. Any other expression
 * <em>runs through</em> the hours and fires whenever the clock shows a matching time: not at skipped times, and both times
 * at repeated ones, so that {@code 0 * * * *} stays hourly.
 *
 * <p>Own code rather than cron-utils 9.2, which drops the day's only run when it falls into a gap, does not say which
 * field is wrong, lets {@code *}{@code /2} in a day field count as restricted, and takes 65 µs for a fire time.
 */
public final class CronTrigger implements Trigger {

    /** Makes the trigger; it has no state. */
    public CronTrigger() {}

    @Override
    public String name() {
        return "nbguard-cron";
    }

    @Override
    public Optional<Instant> nextFireAfter(TriggerSpec spec, Instant after) {
        CronExpression cron = CronExpression.parse(spec.expression());
        ZoneRules rules = spec.zone().getRules();
        try {
            return cron.fixedTime() ? nextTimeOfDay(cron, rules, after) : nextWhileRunning(cron, rules, after);
        } catch (DateTimeException beyondTheEndOfTime) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> nextTimeOfDay(CronExpression cron, ZoneRules rules, Instant after) {
        LocalDateTime from = shownAfter(after, rules);
        while (true) {
            Optional<LocalDateTime> time = cron.nextAtOrAfter(from);
            if (time.isEmpty()) {
                return Optional.empty();
            }
            Instant fire = WallClock.firstShows(time.get(), rules);
            if (fire.isAfter(after)) {
                return Optional.of(fire);
            }
            // Shown for the second time: it has had its fire.
            from = time.get().plusMinutes(1);
        }
    }

    private static Optional<Instant> nextWhileRunning(CronExpression cron, ZoneRules rules, Instant after) {
        LocalDateTime from = shownAfter(after, rules);
        ZoneOffset offset = rules.getOffset(after);
        Instant stretchBegin = after;
        // Between two changes of the offset, the clock on the wall runs like any other.
        while (true) {
            Optional<LocalDateTime> time = cron.nextAtOrAfter(from);
            if (time.isEmpty()) {
                return Optional.empty();
            }
            Instant fire = time.get().toInstant(offset);
            ZoneOffsetTransition change = rules.nextTransition(stretchBegin);
            if (change == null || fire.isBefore(change.getInstant())) {
                return Optional.of(fire);
            }
            stretchBegin = change.getInstant();
            offset = change.getOffsetAfter();
            from = wholeMinuteAtOrAfter(change.getDateTimeAfter());
        }
    }

    /** Returns the first whole minute that the clock would show after an instant, if its offset did not change. */
    private static LocalDateTime shownAfter(Instant after, ZoneRules rules) {
        return LocalDateTime.ofInstant(after, rules.getOffset(after))
                .truncatedTo(ChronoUnit.MINUTES)
                .plusMinutes(1);
    }

    private static LocalDateTime wholeMinuteAtOrAfter(LocalDateTime time) {
        LocalDateTime whole = time.truncatedTo(ChronoUnit.MINUTES);
        return whole.equals(time) ? whole : whole.plusMinutes(1);
    }
}
