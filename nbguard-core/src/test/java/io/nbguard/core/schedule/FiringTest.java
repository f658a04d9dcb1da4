package io.nbguard.core.schedule;

import static io.nbguard.core.schedule.ScheduledWorld.BEGIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.schedule.FireOutcome;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.api.schedule.ScheduleChange;
import io.nbguard.api.schedule.ScheduleFire;
import io.nbguard.api.schedule.ScheduleState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** When schedules fire and what becomes of each fire, in virtual time. */
class FiringTest {

    private final ScheduledWorld world = new ScheduledWorld();

    @Test
    void tensOfThousandsOfFiresStartOnTheDotAndOnceEach() {
        Schedule often = world.add("interval", "7s");
        Schedule daily = world.add("cron", "30 2 * * *");

        world.pass(Duration.ofDays(2));

        long expected = Duration.ofDays(2).toSeconds() / 7;
        List<Instant> times = new ArrayList<>(world.startTimes());
        assertThat(times).hasSize((int) expected + 2).isSorted();
        for (int day = 0; day < 2; day++) {
            assertThat(times.remove(BEGIN.plus(Duration.ofMinutes(150)).plus(Duration.ofDays(day))))
                    .isTrue();
        }
        assertThat(times)
                .isEqualTo(LongStream.rangeClosed(1, expected)
                        .mapToObj(i -> BEGIN.plusSeconds(7 * i))
                        .toList());
        assertThat(world.now(often).started()).isEqualTo(expected);
        assertThat(world.now(daily).started()).isEqualTo(2);
        assertThat(world.now(often).skipped()).isZero();
        // One look for each start; between those that are further apart, one in ten seconds.
        assertThat(world.looks).isLessThan((int) expected + 100);
    }

    @Test
    void aScheduleThatIsFarAwayIsLookedAtEveryTenSecondsAndNoneNeverAtAll() {
        assertThat(world.scheduler.look()).isEqualTo(Long.MAX_VALUE);
        Schedule daily = world.add("cron", "@daily");
        assertThat(world.scheduler.look()).isEqualTo(Duration.ofSeconds(10).toNanos());

        world.scheduler.remove(daily.id());

        assertThat(world.scheduler.look()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void whatAScheduleStartsCarriesItsIdAndIsTold() {
        Schedule schedule = world.add("interval", "1m", spec -> spec.id("minutely"));

        world.pass(Duration.ofSeconds(61));

        ScheduledWorld.Attempt execution = world.started.get(0).execution();
        assertThat(execution.request().schedule()).contains(schedule.id());
        ScheduleFire fire =
                world.events.of(GuardEvent.ScheduleFired.class).get(0).fire();
        assertThat(fire)
                .isEqualTo(new ScheduleFire(
                        schedule.id(),
                        FireOutcome.STARTED,
                        BEGIN.plusSeconds(60),
                        BEGIN.plusSeconds(60),
                        1,
                        BEGIN.plusSeconds(60),
                        Optional.of(execution.id()),
                        Optional.empty()));
        assertThat(world.now(schedule).lastFire()).contains(fire);
        assertThat(world.now(schedule).nextFireAt()).contains(BEGIN.plusSeconds(120));
        assertThat(world.events.of(GuardEvent.ScheduleFired.class).get(0).message())
                .isEqualTo("schedule minutely: report.ipynb due 2026-01-01T00:01:00Z: started ["
                        + execution.id().shortForm() + "]");
    }

    @Test
    void oneRunStandsForAllFiresThatWereMissed() {
        Schedule schedule = world.add("interval", "10m");
        world.sleep(Duration.ofMinutes(35));

        world.scheduler.look();

        assertThat(world.history(schedule)).containsExactly("COALESCED 2", "STARTED 1");
        assertThat(world.scheduler.history(schedule.id()).get(1).dueAt()).isEqualTo(BEGIN.plusSeconds(1_800));
        assertThat(world.now(schedule).nextFireAt()).contains(BEGIN.plusSeconds(2_400));
        assertThat(world.now(schedule).skipped()).isEqualTo(2);
    }

    @Test
    void eachMissedFireRunsWhereThatIsAskedForAndThereIsRoom() {
        world.endsAtOnce = false;
        Schedule schedule =
                world.add("interval", "10m", spec -> spec.coalesce(false).maxInstances(3));
        world.sleep(Duration.ofMinutes(59));

        world.scheduler.look();

        assertThat(world.history(schedule)).containsExactly("STARTED 1", "STARTED 1", "STARTED 1", "MAX_INSTANCES 2");
        assertThat(world.now(schedule).underWay()).hasSize(3);
        assertThat(world.scheduler.history(schedule.id()).stream().map(ScheduleFire::dueAt))
                .containsExactly(
                        BEGIN.plusSeconds(600),
                        BEGIN.plusSeconds(1_200),
                        BEGIN.plusSeconds(1_800),
                        BEGIN.plusSeconds(2_400));
    }

    @Test
    void whatIsLaterThanTheGraceIsSkippedAndCounted() {
        Schedule schedule = world.add("interval", "10m", spec -> spec.misfireGrace(Duration.ofMinutes(15)));
        world.sleep(Duration.ofMinutes(65));
        world.scheduler.look();

        assertThat(world.history(schedule)).containsExactly("TOO_LATE 4", "COALESCED 1", "STARTED 1");

        Schedule daily = world.add("cron", "0 2 * * *", spec -> spec.misfireGrace(Duration.ofMinutes(15)));
        world.sleep(Duration.ofHours(2));
        world.scheduler.look();
        assertThat(world.history(daily)).containsExactly("TOO_LATE 1");
        assertThat(world.now(daily).nextFireAt()).contains(Instant.parse("2026-01-02T02:00:00Z"));
    }

    @Test
    void aFireExactlyAtTheEndOfItsGraceStillRuns() {
        Schedule schedule = world.add("cron", "0 2 * * *", spec -> spec.misfireGrace(Duration.ofMinutes(15)));

        world.sleep(Duration.ofMinutes(135));
        world.scheduler.look();

        assertThat(world.history(schedule)).containsExactly("STARTED 1");
    }

    @Test
    void fiftySixYearsOfMissedFiresAreNotWalkedThroughOneByOne() {
        Schedule schedule = world.add("interval", "1s");
        world.sleep(Duration.ofDays(56 * 365));

        world.scheduler.look();

        List<ScheduleFire> history = world.scheduler.history(schedule.id());
        assertThat(history.get(0).outcome()).isEqualTo(FireOutcome.TOO_LATE);
        assertThat(history.get(0).count()).isEqualTo(DueFires.MOST_COUNTED);
        world.scheduler.look();
        assertThat(world.history(schedule)).containsExactly("TOO_LATE 100000", "COALESCED 3600", "STARTED 1");
        assertThat(world.scheduler.look()).isLessThanOrEqualTo(1_000_000_000L);
    }

    @Test
    void aNotebookThatRunsForeverHoldsUpOnlyItsOwnSchedule() {
        world.endsAtOnce = false;
        Schedule stuck = world.add("interval", "1m");
        world.pass(Duration.ofMinutes(11));
        assertThat(world.history(stuck)).containsExactly("STARTED 1", "MAX_INSTANCES 10");

        world.started.get(0).execution().end();
        world.pass(Duration.ofMinutes(1));

        assertThat(world.history(stuck)).containsExactly("STARTED 1", "MAX_INSTANCES 10", "STARTED 1");
        assertThat(world.now(stuck).started()).isEqualTo(2);
        assertThat(world.now(stuck).skipped()).isEqualTo(10);
        // History keeps skips in a row together, but each was told when it happened.
        assertThat(world.events.of(GuardEvent.ScheduleSkipped.class)).hasSize(10);
    }

    @Test
    void theHistoryIsBounded() {
        Schedule schedule = world.add("interval", "1m");

        world.pass(Duration.ofDays(1));

        assertThat(world.scheduler.history(schedule.id())).hasSize(100);
        assertThat(world.now(schedule).started()).isEqualTo(1_440);
    }

    @Test
    void aStartThatFailsIsRecordedAndTheScheduleGoesOn() {
        Schedule schedule = world.add("interval", "1m");
        world.beforeStart = () -> {
            throw new GuardException(ErrorCode.NOT_FOUND, "report.ipynb is gone");
        };
        world.pass(Duration.ofMinutes(3).plusSeconds(1));
        world.beforeStart = () -> {
            throw new NoClassDefFoundError("com/example/Missing");
        };
        world.pass(Duration.ofMinutes(1));
        world.beforeStart = () -> {};
        world.pass(Duration.ofMinutes(1));

        assertThat(world.history(schedule)).containsExactly("START_FAILED 3", "START_FAILED 1", "STARTED 1");
        assertThat(world.scheduler.history(schedule.id()).stream()
                        .map(fire -> fire.message().orElse("-")))
                .containsExactly("report.ipynb is gone", "java.lang.NoClassDefFoundError: com/example/Missing", "-");
        assertThat(world.events.of(GuardEvent.ScheduleSkipped.class).get(0).message())
                .contains(
                        "report.ipynb not started, due 2026-01-01T00:01:00Z: could not be started: report.ipynb is gone");
    }

    @Test
    void aScheduleWithAStartAndAnEndFiresBetweenThemBothIncluded() {
        Schedule schedule = world.add(
                "interval", "1h", spec -> spec.start(BEGIN.plusSeconds(1_800)).end(BEGIN.plusSeconds(1_800 + 7_200)));
        assertThat(schedule.nextFireAt()).contains(BEGIN.plusSeconds(1_800));

        world.pass(Duration.ofHours(5));

        assertThat(world.startTimes())
                .containsExactly(BEGIN.plusSeconds(1_800), BEGIN.plusSeconds(5_400), BEGIN.plusSeconds(9_000));
        assertThat(world.now(schedule).state()).isEqualTo(ScheduleState.FINISHED);
        assertThat(world.now(schedule).nextFireAt()).isEmpty();
        assertThat(world.events.of(GuardEvent.ScheduleChanged.class).stream().map(GuardEvent.ScheduleChanged::change))
                .containsExactly(ScheduleChange.ADDED, ScheduleChange.FINISHED);
    }

    @Test
    void whatWasDueBeforeTheEndButIsNoticedAfterItDoesNotRun() {
        Schedule schedule = world.add("interval", "10m", spec -> spec.end(BEGIN.plusSeconds(1_500)));
        world.sleep(Duration.ofMinutes(26));

        world.scheduler.look();

        assertThat(world.history(schedule)).containsExactly("PAST_END 2");
        assertThat(world.now(schedule).state()).isEqualTo(ScheduleState.FINISHED);
    }

    @Test
    void aOneOffRunsOnceAlsoWhenItsMomentIsSleptThrough() {
        Schedule schedule = world.add("once", "2026-01-01T02:00");
        world.sleep(Duration.ofMinutes(150));

        world.pass(Duration.ofDays(2));

        assertThat(world.history(schedule)).containsExactly("STARTED 1");
        assertThat(world.now(schedule).state()).isEqualTo(ScheduleState.FINISHED);
    }

    @Test
    void onlyTheLastThousandFinishedSchedulesAreRemembered() {
        Schedule first = world.add("once", "2026-01-01T00:00:01Z");
        Schedule alive = world.add("cron", "@yearly");
        for (int i = 0; i < 1_000; i++) {
            world.add("once", "2026-01-01T00:00:02Z");
        }

        world.pass(Duration.ofSeconds(3));

        assertThat(world.scheduler.list()).hasSize(1_001);
        assertThat(world.scheduler.find(first.id())).isEmpty();
        assertThat(world.scheduler.find(alive.id())).isPresent();
    }

    @Test
    void jitterPutsStartsOffEvenlyAlwaysTheSameAndNeverIntoTheNextFire() {
        Duration jitter = Duration.ofSeconds(90);
        Schedule a = world.add("interval", "60s", spec -> spec.id("a").jitter(jitter));
        world.pass(Duration.ofHours(10));

        List<ScheduleFire> fires = world.events.of(GuardEvent.ScheduleFired.class).stream()
                .map(GuardEvent.ScheduleFired::fire)
                .toList();
        List<Duration> offsets = fires.stream()
                .map(fire -> Duration.between(fire.dueAt(), fire.at()))
                .toList();
        assertThat(fires).hasSizeBetween(599, 600);
        assertThat(offsets).allMatch(offset -> !offset.isNegative() && offset.compareTo(Duration.ofSeconds(60)) < 0);
        assertThat(offsets.stream().mapToLong(Duration::toSeconds).average().orElseThrow())
                .isBetween(26.0, 34.0);
        assertThat(new HashSet<>(offsets)).hasSizeGreaterThan(590);
        assertThat(world.now(a).skipped()).isZero();

        ScheduledWorld again = new ScheduledWorld();
        again.add("interval", "60s", spec -> spec.id("a").jitter(jitter));
        again.add("interval", "60s", spec -> spec.id("b").jitter(jitter));
        again.pass(Duration.ofHours(10));
        assertThat(again.startTimes()).containsAll(world.startTimes()).doesNotHaveDuplicates();
    }

    @Test
    void jitterDoesNotReachBeyondTheEnd() {
        Instant end = BEGIN.plusSeconds(3_605);
        for (int i = 0; i < 50; i++) {
            world.add("interval", "1h", spec -> spec.jitter(Duration.ofMinutes(20))
                    .end(end));
        }

        world.pass(Duration.ofHours(2));

        assertThat(world.startTimes())
                .hasSize(50)
                .allMatch(at -> !at.isBefore(BEGIN.plusSeconds(3_600)) && at.isBefore(end));
    }
}
