package io.nbguard.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.api.schedule.ScheduleState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Schedules that outlive their scheduler. */
class RestoredSchedulesTest {

    private final ScheduledWorld world = new ScheduledWorld();
    private final Scheduler later = world.scheduler(Thread::new);

    private Schedule now(Schedule schedule) {
        return later.find(schedule.id()).orElseThrow();
    }

    private List<String> history(Schedule schedule) {
        return later.history(schedule.id()).stream().map(ScheduledWorld::text).toList();
    }

    @Test
    void aFireThatCameDueMeanwhileWithinTheGraceIsMadeUpForOnceAndTheRestIsToldOf() {
        Schedule schedule = world.add("interval", "10m", spec -> spec.misfireGrace(Duration.ofMinutes(15)));
        world.pass(Duration.ofMinutes(25));
        Schedule kept = world.now(schedule);
        world.sleep(Duration.ofMinutes(60));

        assertThat(later.restore(List.of(ScheduledWorld.stored(kept)))).isEqualTo(1);
        later.look();

        assertThat(world.startTimes())
                .containsExactly(
                        ScheduledWorld.BEGIN.plusSeconds(600),
                        ScheduledWorld.BEGIN.plusSeconds(1_200),
                        ScheduledWorld.BEGIN.plus(Duration.ofMinutes(85)));
        assertThat(history(schedule)).containsExactly("STARTED 1", "TOO_LATE 4", "COALESCED 1", "STARTED 1");
        assertThat(now(schedule).started()).isEqualTo(3);
        assertThat(now(schedule).skipped()).isEqualTo(5);
        assertThat(now(schedule).nextFireAt()).contains(ScheduledWorld.BEGIN.plus(Duration.ofMinutes(90)));
        assertThat(now(schedule).createdAt()).isEqualTo(schedule.createdAt());
    }

    @Test
    void aFireThatWasActedOnDoesNotComeAgain() {
        Schedule schedule = world.add("interval", "10m");
        world.pass(Duration.ofMinutes(10));
        world.scheduler.look();
        assertThat(world.started).hasSize(1);

        later.restore(List.of(ScheduledWorld.stored(world.now(schedule))));
        later.look();

        assertThat(world.started).hasSize(1);
    }

    @Test
    void whatWasUnderWayIsNotAnyMoreAndTakesNoPlace() {
        world.endsAtOnce = false;
        Schedule schedule = world.add("interval", "10m");
        world.pass(Duration.ofMinutes(11));
        Schedule kept = world.now(schedule);
        assertThat(kept.underWay()).hasSize(1).first().isInstanceOf(ExecutionId.class);

        later.restore(List.of(ScheduledWorld.stored(kept)));
        world.clock.advance(Duration.ofMinutes(10).toNanos());
        later.look();

        assertThat(world.started).hasSize(2);
        assertThat(now(schedule).underWay())
                .containsExactly(world.started.get(1).execution().id());
    }

    @Test
    void aPausedScheduleStaysPausedUntilItIsResumedAndMakesUpForNothing() {
        Schedule schedule = world.add("interval", "10m");
        Schedule kept = world.scheduler.pause(schedule.id());
        world.sleep(Duration.ofMinutes(35));

        later.restore(List.of(ScheduledWorld.stored(kept)));
        assertThat(now(schedule).state()).isEqualTo(ScheduleState.PAUSED);
        later.resume(schedule.id());
        later.look();
        assertThat(history(schedule)).containsExactly("PAUSED 3");
        assertThat(now(schedule).state()).isEqualTo(ScheduleState.ACTIVE);
        world.clock.advance(Duration.ofMinutes(5).toNanos());
        later.look();

        assertThat(world.started).hasSize(1);
    }

    @Test
    void aFinishedScheduleIsListedAndNeverFires() {
        Schedule schedule =
                world.add("once", ScheduledWorld.BEGIN.plusSeconds(5).toString());
        world.pass(Duration.ofMinutes(1));
        Schedule kept = world.now(schedule);

        later.restore(List.of(ScheduledWorld.stored(kept)));
        world.clock.advance(Duration.ofDays(1).toNanos());
        later.look();

        assertThat(world.started).hasSize(1);
        assertThat(now(schedule)).isEqualTo(kept);
        assertThat(later.remove(schedule.id())).isEqualTo(kept);
        assertThat(later.list()).isEmpty();
    }

    @Test
    void jitterIsTheSameAsBefore() {
        Schedule schedule = world.add(
                "interval", "1h", spec -> spec.jitter(Duration.ofMinutes(30)).id("spread"));
        Instant begin = world.clock.instant();
        later.restore(List.of(ScheduledWorld.stored(schedule)));
        while (world.started.isEmpty()) {
            world.clock.advance(Duration.ofSeconds(10).toNanos());
            later.look();
            world.scheduler.look();
        }

        assertThat(world.started).hasSize(2);
        assertThat(world.startTimes().get(0))
                .isEqualTo(world.startTimes().get(1))
                .isAfter(begin);
    }

    @Test
    void aScheduleThatCannotBeReadAnyMoreIsReportedAndHindersNoOther() {
        Schedule odd = world.add("cron", "0 2 * * *", spec -> spec.id("odd"));
        Schedule fine = world.add("interval", "10m", spec -> spec.id("fine"));
        world.triggers.remove("nbguard-cron");

        assertThat(later.restore(List.of(ScheduledWorld.stored(odd), ScheduledWorld.stored(fine))))
                .isEqualTo(1);

        assertThat(later.list()).extracting(Schedule::id).containsExactly(fine.id());
        assertThat(world.events.of(GuardEvent.ScheduleNotRestored.class))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.schedule()).isEqualTo(new ScheduleId("odd"));
                    assertThat(event.message()).contains("report.ipynb", "no trigger called 'nbguard-cron'");
                });
    }
}
