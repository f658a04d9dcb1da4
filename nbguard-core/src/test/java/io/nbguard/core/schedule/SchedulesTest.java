package io.nbguard.core.schedule;

import static io.nbguard.core.schedule.ScheduledWorld.BEGIN;
import static io.nbguard.core.schedule.ScheduledWorld.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.schedule.FireOutcome;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.api.schedule.ScheduleChange;
import io.nbguard.api.schedule.ScheduleSpec;
import io.nbguard.api.schedule.ScheduleState;
import io.nbguard.spi.Trigger;
import io.nbguard.spi.TriggerSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What people ask of schedules, and what is refused. */
class SchedulesTest {

    private final ScheduledWorld world = new ScheduledWorld();
    private final Scheduler schedules = world.scheduler;

    @Test
    void aPreviewShowsTheNextTimesAndAddsNothing() {
        ScheduleSpec spec = spec("cron", "30 2 * * *", more -> more.zone(ZoneId.of("Europe/Berlin"))
                .start(Instant.parse("2026-03-28T00:00:00Z")));

        // The 29th has no 02:30: the clock goes from 02:00 to 03:00.
        assertThat(schedules.preview(spec, 3))
                .containsExactly(
                        Instant.parse("2026-03-28T01:30:00Z"),
                        Instant.parse("2026-03-29T01:00:00Z"),
                        Instant.parse("2026-03-30T00:30:00Z"));
        assertThat(schedules.list()).isEmpty();
        assertThat(schedules.preview(spec("once", "2026-01-01T02:00", more -> more), 3))
                .containsExactly(Instant.parse("2026-01-01T02:00:00Z"));
        assertThat(schedules.preview(spec("cron", "* * * * *", more -> more), 1_000))
                .hasSize(1_000);
    }

    @Test
    void anIntervalCountsFromWhenItWasAddedOrFromItsStart() {
        world.clock.advance(500_000_000L);
        assertThat(world.add("interval", "10m").nextFireAt()).contains(BEGIN.plusMillis(600_500));
        assertThat(world.add("interval", "10m", spec -> spec.start(BEGIN.minusSeconds(60)))
                        .nextFireAt())
                .contains(BEGIN.plusSeconds(540));
    }

    @Test
    void whatMakesNoSenseIsRefusedAtOnceWithTheReason() {
        assertRefused(
                () -> world.add("cron", "61 2 * * *"),
                ErrorCode.INVALID_REQUEST,
                "report.ipynb (nbguard-cron '61 2 * * *')",
                "minute '61' is not understood",
                "0 to 59, such as 30");
        assertRefused(() -> world.add("interval", "often"), ErrorCode.INVALID_REQUEST, "PT10M");
        assertRefused(() -> world.add("cron", "0 0 31 2 *"), ErrorCode.INVALID_REQUEST, "never fire");
        assertRefused(() -> world.add("once", "2025-12-31T23:59"), ErrorCode.INVALID_REQUEST, "never fire");
        assertRefused(
                () -> world.add("cron", "@daily", spec -> spec.end(BEGIN.plusSeconds(60))),
                ErrorCode.INVALID_REQUEST,
                "and until 2026-01-01T00:01:00Z");
        assertRefused(() -> world.add("interval", "10ms"), ErrorCode.INVALID_REQUEST, "more often than once a second");
        assertRefused(() -> world.add("moon", "full"), ErrorCode.NOT_FOUND, "nbguard-moon");
        ScheduleSpec missing = ScheduleSpec.cron(
                        "@daily", ExecutionRequest.of("missing.ipynb").build())
                .build();
        assertRefused(() -> schedules.add(missing), ErrorCode.NOT_FOUND, "missing.ipynb");
        assertRefused(() -> schedules.preview(missing, 1), ErrorCode.NOT_FOUND, "missing.ipynb");
        assertThatThrownBy(() -> schedules.preview(spec("cron", "@daily", more -> more), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 to 1000, not 0");
        assertThat(schedules.list()).isEmpty();
        assertThat(world.events.all).isEmpty();
    }

    @Test
    void aBrokenTriggerIsToldFromABadExpression() {
        world.triggers.put("nbguard-moon", trigger((spec, after) -> {
            throw new IllegalStateException("no moon");
        }));
        assertRefused(() -> world.add("moon", "full"), ErrorCode.PLUGIN, "no moon");

        world.triggers.put("nbguard-moon", trigger((spec, after) -> Optional.of(after)));
        assertRefused(() -> world.add("moon", "full"), ErrorCode.PLUGIN, "expected a later moment");
    }

    @Test
    void aTriggerThatBreaksLaterIsRecordedAndItsScheduleIsFinished() {
        world.triggers.put("nbguard-moon", trigger((spec, after) -> {
            if (world.clock.instant().isAfter(BEGIN.plusSeconds(150))) {
                throw new IllegalStateException("no moon");
            }
            return Optional.of(after.plusSeconds(60));
        }));
        Schedule moon = world.add("moon", "full");
        Schedule other = world.add("interval", "1m");

        world.pass(Duration.ofMinutes(5).plusSeconds(1));

        assertThat(world.history(moon)).containsExactly("STARTED 1", "STARTED 1", "TRIGGER_FAILED 1");
        assertThat(world.now(moon).lastFire().orElseThrow().message())
                .hasValueSatisfying(text -> assertThat(text).contains("no moon"));
        assertThat(world.now(moon).state()).isEqualTo(ScheduleState.FINISHED);
        assertThat(world.now(other).started()).isEqualTo(5);
    }

    @Test
    void aPausedScheduleCountsWhatItDoesNotStartAndTellsOnlyOfThePause() {
        Schedule schedule = world.add("interval", "1m", spec -> spec.id("minutely"));
        world.pass(Duration.ofSeconds(61));
        assertThat(schedules.pause(schedule.id()).state()).isEqualTo(ScheduleState.PAUSED);
        schedules.pause(schedule.id());

        world.pass(Duration.ofMinutes(5));
        assertThat(world.history(schedule)).containsExactly("STARTED 1", "PAUSED 5");
        assertThat(world.now(schedule).nextFireAt()).contains(BEGIN.plusSeconds(420));
        assertThat(world.now(schedule).skipped()).isEqualTo(5);
        assertThat(world.events.of(GuardEvent.ScheduleSkipped.class)).isEmpty();

        assertThat(schedules.resume(schedule.id()).state()).isEqualTo(ScheduleState.ACTIVE);
        schedules.resume(schedule.id());
        world.pass(Duration.ofMinutes(1));
        assertThat(world.history(schedule)).containsExactly("STARTED 1", "PAUSED 5", "STARTED 1");
        assertThat(world.events.of(GuardEvent.ScheduleChanged.class).stream().map(GuardEvent.ScheduleChanged::change))
                .containsExactly(ScheduleChange.ADDED, ScheduleChange.PAUSED, ScheduleChange.RESUMED);
        assertThat(world.events.of(GuardEvent.ScheduleChanged.class).get(0).message())
                .isEqualTo("schedule minutely (report.ipynb) added, next 2026-01-01T00:01:00Z");
    }

    @Test
    void whatCameDueInAPauseIsNotMadeUpForEvenIfItIsReckonedWithLater() {
        Schedule schedule = world.add("interval", "1m");
        schedules.pause(schedule.id());
        world.sleep(Duration.ofSeconds(150));
        schedules.resume(schedule.id());
        world.sleep(Duration.ofSeconds(60));

        world.scheduler.look();

        assertThat(world.history(schedule)).containsExactly("PAUSED 2", "STARTED 1");
    }

    @Test
    void aRemovedScheduleFiresNoMoreAndWhatItStartedGoesOn() {
        world.endsAtOnce = false;
        Schedule schedule = world.add("interval", "1m", spec -> spec.maxInstances(2));
        world.pass(Duration.ofSeconds(61));

        Schedule removed = schedules.remove(schedule.id());

        assertThat(removed.underWay())
                .containsExactly(world.started.get(0).execution().id());
        world.pass(Duration.ofMinutes(5));
        assertThat(world.started).hasSize(1);
        assertThat(world.started.get(0).execution().completion()).isNotDone();
        world.started.get(0).execution().end();
        assertThat(schedules.find(schedule.id())).isEmpty();
        assertThat(world.events.of(GuardEvent.ScheduleChanged.class).get(1).change())
                .isEqualTo(ScheduleChange.REMOVED);
    }

    @Test
    void runNowStartsAtOnceAlsoWhenPausedOrFinishedButNotBeyondTheMost() {
        world.endsAtOnce = false;
        Schedule schedule = world.add("once", "2026-01-01T00:00:10Z");
        schedules.pause(schedule.id());

        Execution execution = schedules.runNow(schedule.id());

        assertThat(execution.request().schedule()).contains(schedule.id());
        assertThat(world.now(schedule).underWay()).containsExactly(execution.id());
        assertThat(world.now(schedule).lastFire().orElseThrow().outcome()).isEqualTo(FireOutcome.RUN_NOW);
        assertRefused(() -> schedules.runNow(schedule.id()), ErrorCode.ILLEGAL_STATE, "as it may (1)");

        world.started.get(0).execution().end();
        world.pass(Duration.ofSeconds(11));
        assertThat(world.now(schedule).state()).isEqualTo(ScheduleState.FINISHED);
        schedules.runNow(schedule.id());
        world.started.get(1).execution().end();

        world.beforeStart = () -> {
            throw new GuardException(ErrorCode.NOT_FOUND, "gone");
        };
        assertRefused(() -> schedules.runNow(schedule.id()), ErrorCode.NOT_FOUND, "gone");
        world.beforeStart = () -> {};
        schedules.runNow(schedule.id());
        assertThat(world.now(schedule).started()).isEqualTo(3);
    }

    @Test
    void theNextTimesOfAScheduleCanBeAskedFor() {
        Schedule schedule = world.add("interval", "1m", spec -> spec.end(BEGIN.plusSeconds(200)));

        assertThat(schedules.next(schedule.id(), 2)).containsExactly(BEGIN.plusSeconds(60), BEGIN.plusSeconds(120));
        assertThat(schedules.next(schedule.id(), 1)).containsExactly(BEGIN.plusSeconds(60));
        assertThat(schedules.next(schedule.id(), 10)).hasSize(3);
        world.pass(Duration.ofMinutes(4));
        assertThat(schedules.next(schedule.id(), 10)).isEmpty();
    }

    @Test
    void whatIsNotThereOrNotPossibleIsSaid() {
        assertRefused(
                () -> schedules.pause(new ScheduleId("x")), ErrorCode.NOT_FOUND, "no schedule 'x': there are none");
        Schedule once = world.add("once", "2026-01-01T00:00:10Z", spec -> spec.id("nightly"));
        assertRefused(() -> schedules.remove(new ScheduleId("nightl")), ErrorCode.NOT_FOUND, "there are nightly");
        assertRefused(
                () -> world.add("cron", "@daily", spec -> spec.id("nightly")),
                ErrorCode.ILLEGAL_STATE,
                "'nightly' already");
        world.pass(Duration.ofMinutes(1));
        assertRefused(() -> schedules.pause(once.id()), ErrorCode.ILLEGAL_STATE, "finished and cannot be paused");
        assertRefused(() -> schedules.resume(once.id()), ErrorCode.ILLEGAL_STATE, "finished and cannot be resumed");
    }

    @Test
    void whatComesDueWhileTheGuardIsClosingIsRecorded() {
        Schedule schedule = world.add("interval", "1m");
        world.pass(Duration.ofSeconds(61));

        schedules.refuseMore();
        world.pass(Duration.ofMinutes(3));

        assertThat(world.history(schedule)).containsExactly("STARTED 1", "GUARD_CLOSING 3");
        assertRefused(() -> world.add("cron", "@daily"), ErrorCode.ILLEGAL_STATE, "the guard is closed");
    }

    @Test
    void aGuardThatClosesJustBeforeAStartIsNoFailure() {
        Schedule schedule = world.add("interval", "1m");
        world.beforeStart = () -> {
            schedules.refuseMore();
            throw new GuardException(ErrorCode.ILLEGAL_STATE, "the guard is closed");
        };

        world.pass(Duration.ofSeconds(61));

        assertThat(world.history(schedule)).containsExactly("GUARD_CLOSING 1");
    }

    private interface Answer {
        Optional<Instant> next(TriggerSpec spec, Instant after);
    }

    private static Trigger trigger(Answer answer) {
        return new Trigger() {
            @Override
            public String name() {
                return "nbguard-moon";
            }

            @Override
            public Optional<Instant> nextFireAfter(TriggerSpec spec, Instant after) {
                return answer.next(spec, after);
            }
        };
    }

    private static void assertRefused(ThrowingCallable call, ErrorCode code, String... texts) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(GuardException.class, refusal -> assertThat(refusal.code())
                        .isEqualTo(code))
                .hasMessageContainingAll(texts);
    }
}
