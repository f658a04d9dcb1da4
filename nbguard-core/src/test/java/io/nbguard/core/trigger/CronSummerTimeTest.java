package io.nbguard.core.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every fire of ten years in zones with summer time, and of some years in others, against a daemon that looks at the clock on the wall all the time, as Vixie cron
 * does: no expression is parsed and no transition looked up by it. Five minutes are its smallest step, and all minutes here
 * are multiples of it.
 */
@Tag("slow")
class CronSummerTimeTest {

    private static final int STEP_MINUTES = 5;

    /** Times of day: every local minute counts once, when the clock first shows it or has passed it. */
    private static final Map<String, Predicate<LocalDateTime>> TIMES_OF_DAY = Map.of(
            "30 2 * * *", time -> is(time, 2, 30),
            "0 0 * * *", time -> is(time, 0, 0),
            "15,45 0-3 * * *", time -> time.getHour() <= 3 && (time.getMinute() == 15 || time.getMinute() == 45),
            "0 2 * * sun", time -> is(time, 2, 0) && time.getDayOfWeek() == DayOfWeek.SUNDAY,
            "40 1 1,15 4-10 6",
                    time -> is(time, 1, 40)
                            && time.getMonthValue() >= 4
                            && time.getMonthValue() <= 10
                            && (time.getDayOfMonth() == 1
                                    || time.getDayOfMonth() == 15
                                    || time.getDayOfWeek() == DayOfWeek.SATURDAY));

    /** Running through: whenever the clock shows it, as often as it shows it. */
    private static final Map<String, Predicate<LocalDateTime>> RUNNING = Map.of(
            "0 * * * *", time -> time.getMinute() == 0,
            "*/20 * * * *", time -> time.getMinute() % 20 == 0,
            "*/30 2 * * *", time -> time.getHour() == 2 && time.getMinute() % 30 == 0,
            "45 */2 * * *", time -> time.getMinute() == 45 && time.getHour() % 2 == 0,
            "10 * */3 * mon",
                    time -> time.getMinute() == 10
                            && time.getDayOfMonth() % 3 == 1
                            && time.getDayOfWeek() == DayOfWeek.MONDAY);

    private static boolean is(LocalDateTime time, int hour, int minute) {
        return time.getHour() == hour && time.getMinute() == minute;
    }

    @ParameterizedTest
    @CsvSource({
        "Europe/Berlin, 2020, 2030",
        "America/New_York, 2020, 2030",
        "Australia/Lord_Howe, 2020, 2030",
        "Asia/Kolkata, 2025, 2027",
        "UTC, 2025, 2027",
        // Gaps at midnight, and the end of summer time altogether.
        "America/Sao_Paulo, 2010, 2020",
        // A whole day that never was, in December 2011.
        "Pacific/Apia, 2010, 2014",
        // Offsets of odd minutes and seconds, which java.time knows.
        "Africa/Monrovia, 1969, 1974",
        "Europe/Amsterdam, 1935, 1942",
    })
    void yearsOfFiresAreThoseOfADaemonThatLooksAtTheClockAllTheTime(String zone, int firstYear, int lastYear) {
        List<Daemon> daemons = new ArrayList<>();
        TIMES_OF_DAY.forEach((expression, matches) -> daemons.add(new Daemon(expression, matches, true)));
        RUNNING.forEach((expression, matches) -> daemons.add(new Daemon(expression, matches, false)));
        ZoneId place = ZoneId.of(zone);
        Instant begin = Instant.parse(firstYear + "-01-01T00:00:00Z");
        Instant end = Instant.parse(lastYear + "-01-01T00:00:00Z");

        walk(place, begin, end, daemons);

        for (Daemon daemon : daemons) {
            List<Instant> fires = new ArrayList<>();
            Instant at = CronTriggerTest.next(daemon.expression, place, begin).orElseThrow();
            while (!at.isAfter(end)) {
                fires.add(at);
                at = CronTriggerTest.next(daemon.expression, place, at).orElseThrow();
            }
            assertThat(daemon.fires).as(daemon.expression + " in " + zone).isNotEmpty();
            assertThat(fires).as(daemon.expression + " in " + zone).isEqualTo(daemon.fires);
        }
    }

    private static void walk(ZoneId zone, Instant begin, Instant end, List<Daemon> daemons) {
        LocalDateTime shown = LocalDateTime.ofInstant(begin, zone);
        LocalDateTime furthest = shown;
        for (Instant now = nextLook(begin, zone); !now.isAfter(end); now = nextLook(now, zone)) {
            LocalDateTime time = LocalDateTime.ofInstant(now, zone);
            boolean wholeStep = time.getSecond() == 0 && time.getMinute() % STEP_MINUTES == 0;
            LocalDateTime passed = furthest.truncatedTo(ChronoUnit.HOURS)
                    .plusMinutes((furthest.getMinute() / STEP_MINUTES + 1) * STEP_MINUTES);
            for (Daemon daemon : daemons) {
                if (daemon.timesOfDay) {
                    daemon.passes(passed, time, now);
                } else if (wholeStep) {
                    daemon.sees(time, now);
                }
            }
            furthest = time.isAfter(furthest) ? time : furthest;
        }
    }

    /** The next moment that shows a whole step, or the moment at which the clock jumps if that comes first. */
    private static Instant nextLook(Instant now, ZoneId zone) {
        int offset = zone.getRules().getOffset(now).getTotalSeconds();
        Instant next = Instant.ofEpochSecond(
                (Math.floorDiv(now.getEpochSecond() + offset, 60L * STEP_MINUTES) + 1) * 60L * STEP_MINUTES - offset);
        if (zone.getRules().getOffset(next.minusSeconds(1)).getTotalSeconds() == offset) {
            return next;
        }
        Instant jump = now;
        while (zone.getRules().getOffset(jump).getTotalSeconds() == offset) {
            jump = jump.plusSeconds(1);
        }
        return jump;
    }

    private static final class Daemon {

        final String expression;
        final boolean timesOfDay;
        final List<Instant> fires = new ArrayList<>();
        private final Predicate<LocalDateTime> matches;

        Daemon(String expression, Predicate<LocalDateTime> matches, boolean timesOfDay) {
            this.expression = expression;
            this.matches = matches;
            this.timesOfDay = timesOfDay;
        }

        void sees(LocalDateTime time, Instant now) {
            if (matches.test(time)) {
                fires.add(now);
            }
        }

        /** The clock has got from before {@code first} to {@code last}, by a minute or by a jump. */
        void passes(LocalDateTime first, LocalDateTime last, Instant now) {
            for (LocalDateTime time = first; !time.isAfter(last); time = time.plusMinutes(STEP_MINUTES)) {
                if (matches.test(time)) {
                    fires.add(now);
                    return;
                }
            }
        }
    }
}
