package io.nbguard.core.schedule;

import static io.nbguard.core.schedule.ScheduledWorld.BEGIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ScheduleId;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.schedule.FireOutcome;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.api.schedule.ScheduleFire;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The wall clock does not only pass: it is put right, forwards and backwards, and stands still for a machine that sleeps. */
class ClockJumpTest {

    private final ScheduledWorld world = new ScheduledWorld();

    @Test
    void aClockThatIsPutBackFiresNothingTwice() {
        Schedule schedule = world.add("interval", "1m");
        world.pass(Duration.ofMinutes(10).plusSeconds(1));

        world.clock.jump(Duration.ofMinutes(-5));
        world.pass(Duration.ofMinutes(5));
        assertThat(world.now(schedule).started()).isEqualTo(10);

        world.pass(Duration.ofMinutes(1));
        assertThat(world.now(schedule).started()).isEqualTo(11);
        assertThat(world.history(schedule)).allMatch("STARTED 1"::equals);
    }

    @Test
    void aClockThatIsPutBackByMoreThanThreeHoursWasWrongBefore() {
        world.clock.jump(Duration.ofDays(30));
        Schedule often = world.add("interval", "1m");
        Schedule daily = world.add("cron", "0 2 * * *");
        world.scheduler.pause(
                world.add("interval", "1m", spec -> spec.id("paused")).id());
        world.pass(Duration.ofMinutes(10));

        world.clock.jump(Duration.ofDays(-30));
        world.pass(Duration.ofMinutes(10));

        assertThat(world.now(often).started()).isEqualTo(20);
        assertThat(world.now(daily).nextFireAt()).contains(Instant.parse("2026-01-01T02:00:00Z"));
        assertThat(world.now(often).skipped()).isZero();
        assertThat(world.scheduler.find(new ScheduleId("paused")).orElseThrow().started())
                .isZero();
    }

    @Test
    void aClockThatIsPutForwardMissesFires() {
        Schedule schedule = world.add("interval", "1m");
        world.pass(Duration.ofMinutes(10).plusSeconds(1));

        world.clock.jump(Duration.ofMinutes(5));
        world.pass(Duration.ofMinutes(1));

        assertThat(world.history(schedule).subList(10, 13)).containsExactly("COALESCED 4", "STARTED 1", "STARTED 1");
    }

    @Test
    void aMachineThatWakesLateIsNoticedWithinTenSeconds() {
        Schedule daily = world.add("cron", "0 2 * * *");
        world.pass(Duration.ofHours(1));

        world.sleep(Duration.ofMinutes(90));
        world.pass(Duration.ofSeconds(10));

        assertThat(world.history(daily)).containsExactly("STARTED 1");
        assertThat(world.startTimes().get(0))
                .isBetween(Instant.parse("2026-01-01T02:30:00Z"), Instant.parse("2026-01-01T02:30:10Z"));
    }

    @Test
    void whateverTheClockDoesEveryDueTimeIsAccountedForExactlyOnce() {
        SplittableRandom random = new SplittableRandom(4);
        Schedule schedule = world.add("interval", "1m", spec -> spec.jitter(Duration.ofSeconds(20)));
        for (int i = 0; i < 400; i++) {
            world.pass(Duration.ofSeconds(random.nextInt(600)));
            world.clock.jump(Duration.ofSeconds(random.nextInt(-10_000, 12_000)));
            if (i % 10 == 0) {
                world.scheduler.pause(schedule.id());
            } else if (i % 10 == 2) {
                world.scheduler.resume(schedule.id());
            }
        }
        // Long enough for the clock to get to where it has been.
        world.pass(Duration.ofHours(5));

        Set<Instant> started = new HashSet<>();
        Instant expected = BEGIN.plusSeconds(60);
        long inPauses = 0;
        long toldSkipped = 0;
        for (GuardEvent event : world.events.all) {
            ScheduleFire fire = event instanceof GuardEvent.ScheduleFired fired
                    ? fired.fire()
                    : event instanceof GuardEvent.ScheduleSkipped skipped ? skipped.fire() : null;
            if (fire != null) {
                // What came due in a pause is counted without an event.
                assertThat(fire.dueAt()).isAfterOrEqualTo(expected);
                inPauses += Duration.between(expected, fire.dueAt()).toMinutes();
                toldSkipped += fire.outcome().started() ? 0 : fire.count();
                expected = fire.lastDueAt().plusSeconds(60);
                assertThat(Duration.between(fire.dueAt(), fire.lastDueAt()).toMinutes())
                        .isEqualTo(fire.count() - 1);
                assertThat(fire.outcome() != FireOutcome.STARTED || started.add(fire.dueAt()))
                        .isTrue();
            }
        }
        Schedule end = world.now(schedule);
        assertThat(end.nextFireAt()).contains(expected);
        assertThat(end.skipped()).isEqualTo(toldSkipped + inPauses);
        assertThat(end.started() + end.skipped())
                .isEqualTo(Duration.between(BEGIN, expected).toMinutes() - 1);
        assertThat(List.of(end.started(), end.skipped())).allMatch(count -> count > 500);
        // A spinning loop would look again and again at a moment that does not come.
        assertThat(world.looks).isLessThan(60_000);
    }
}
