package io.nbguard.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.GuardException;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.event.GuardEvent.PluginMisbehaved;
import io.nbguard.api.event.GuardEvent.PluginMisbehaved.Fault;
import io.nbguard.api.schedule.FireOutcome;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.api.schedule.ScheduleState;
import io.nbguard.core.event.PluginFaults;
import io.nbguard.core.fixture.Eventually;
import io.nbguard.spi.Trigger;
import io.nbguard.spi.TriggerSpec;
import io.nbguard.spi.store.StoredSchedule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Triggers that break their contract: told once, their schedules finished, and others fired all the same. */
@Timeout(120)
class MisbehavingTriggerTest {

    /** So long that a busy machine is not mistaken for a trigger that blocks. */
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final ScheduledWorld world = new ScheduledWorld();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final Scheduler scheduler = new Scheduler(
            name -> world.triggers.get(name),
            request -> {},
            world::prepare,
            FireClaims.ALONE,
            new PluginFaults(world.events, world.clock),
            new TriggerDesk(this::thread, TriggerDesk::isOurs, TIMEOUT),
            world.events,
            world.clock,
            this::thread);
    private final AtomicInteger asked = new AtomicInteger();

    private volatile BiFunction<TriggerSpec, Instant, Optional<Instant>> answer =
            (spec, after) -> Optional.of(after.plusSeconds(60));

    private Thread thread(Runnable work) {
        Thread thread = new Thread(work);
        threads.add(thread);
        return thread;
    }

    private final class Odd implements Trigger {

        @Override
        public String name() {
            return "nbguard-odd";
        }

        @Override
        public Optional<Instant> nextFireAfter(TriggerSpec spec, Instant after) {
            asked.incrementAndGet();
            return answer.apply(spec, after);
        }
    }

    private Schedule odd;
    private Schedule sound;

    @BeforeEach
    void addTwo() {
        world.triggers.put("nbguard-odd", new Odd());
        odd = scheduler.add(ScheduledWorld.spec("odd", "now and then", spec -> spec.id("odd")));
        sound = scheduler.add(ScheduledWorld.spec("interval", "60s", spec -> spec.id("sound")));
        scheduler.start();
    }

    @AfterEach
    void closeAndFindNoThread() throws Exception {
        scheduler.close();
        Eventually.until("every thread has ended", () -> threads.stream().noneMatch(Thread::isAlive));
    }

    /** Wakes the scheduler's thread, which sleeps in time that does not pass by itself. */
    private void wake() {
        wake(scheduler);
    }

    private static void wake(Scheduler sleeping) {
        Schedule passing = sleeping.add(ScheduledWorld.spec("interval", "60s", spec -> spec));
        sleeping.remove(passing.id());
    }

    private Schedule now(Schedule schedule) {
        return scheduler.find(schedule.id()).orElseThrow();
    }

    private List<PluginMisbehaved> told() {
        return world.events.of(PluginMisbehaved.class);
    }

    private void assertBroken(Fault fault, String words) {
        long before = now(sound).started();
        world.clock.advance(Duration.ofSeconds(60).toNanos());
        Eventually.until("its schedule is finished", () -> {
            wake();
            return now(odd).state() == ScheduleState.FINISHED
                    && now(odd).lastFire().isPresent();
        });
        assertThat(now(odd).lastFire()).hasValueSatisfying(fire -> {
            assertThat(fire.outcome()).isEqualTo(FireOutcome.TRIGGER_FAILED);
            assertThat(fire.message())
                    .hasValueSatisfying(text -> assertThat(text).contains(words));
        });
        assertThat(told()).singleElement().satisfies(event -> {
            assertThat(event.kind()).isEqualTo("trigger");
            assertThat(event.plugin()).isEqualTo("nbguard-odd");
            assertThat(event.fault()).isEqualTo(fault);
            assertThat(event.message()).contains(words, "schedule odd is finished");
        });
        Eventually.until("the other schedule has fired", () -> scheduler.history(sound.id()).stream()
                .anyMatch(fire -> fire.outcome() == FireOutcome.STARTED));
        assertThat(now(sound).started()).isGreaterThan(before);
        assertThat(now(sound).state()).isEqualTo(ScheduleState.ACTIVE);
    }

    @Test
    void oneThatBlocksIsInterruptedAndDelaysNoOther() {
        CountDownLatch interrupted = new CountDownLatch(1);
        answer = (spec, after) -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return Optional.empty();
        };

        assertBroken(Fault.TOO_SLOW, "did not answer within");
        Eventually.until("it was interrupted", () -> interrupted.getCount() == 0);
    }

    /** A store in which another guard has put a schedule. */
    private static FireClaims sharing(StoredSchedule stored) {
        return new FireClaims() {
            @Override
            public void claim(Wanted wanted, Answer answer) {
                ALONE.claim(wanted, answer);
            }

            @Override
            public LaunchPermit permit(Instant until) {
                return ALONE.permit(until);
            }

            @Override
            public void giveBack(List<Start> starts) {}

            @Override
            public void giveUp(List<Start> starts, String reason) {}

            @Override
            public boolean areShared() {
                return true;
            }

            @Override
            public void schedules(Consumer<List<StoredSchedule>> answer) {
                answer.accept(List.of(stored));
            }

            @Override
            public void tellSilence() {}

            @Override
            public void refuseMore() {}
        };
    }

    @Test
    void oneThatAnotherGuardsScheduleNamesHoldsUpNothingAndItIsTakenUpWhenItAnswers() throws Exception {
        Schedule elsewhere = new Schedule(
                new ScheduleId("elsewhere"),
                odd.spec(),
                odd.createdAt(),
                odd.state(),
                odd.nextFireAt(),
                odd.lastFire(),
                odd.underWay(),
                odd.started(),
                odd.skipped());
        Scheduler sharing = new Scheduler(
                name -> world.triggers.get(name),
                request -> {},
                world::prepare,
                sharing(ScheduledWorld.stored(elsewhere)),
                new PluginFaults(world.events, world.clock),
                new TriggerDesk(this::thread, TriggerDesk::isOurs, Duration.ofHours(1)),
                world.events,
                world.clock,
                this::thread);
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        answer = (spec, after) -> {
            hangs.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return Optional.of(after.plusSeconds(60));
        };
        sharing.start();
        try {
            Schedule beside = sharing.add(ScheduledWorld.spec("interval", "60s", spec -> spec.id("beside")));
            world.clock.advance(Duration.ofSeconds(11).toNanos());
            wake(sharing);
            hangs.await();
            world.clock.advance(Duration.ofSeconds(60).toNanos());

            Eventually.until("another schedule fires meanwhile", () -> {
                wake(sharing);
                return sharing.find(beside.id()).orElseThrow().started() > 0;
            });
            assertThat(sharing.find(elsewhere.id())).isEmpty();

            release.countDown();
            Eventually.until(
                    "it is taken up", () -> sharing.find(elsewhere.id()).isPresent());
        } finally {
            release.countDown();
            sharing.close();
        }
    }

    @Test
    void oneThatIsDeafToItsInterruptIsNotAskedAgainBeforeItHasComeBack() {
        CountDownLatch release = new CountDownLatch(1);
        Schedule another = scheduler.add(ScheduledWorld.spec("odd", "as well", spec -> spec.id("another")));
        answer = (spec, after) -> {
            while (release.getCount() > 0) {
                try {
                    release.await();
                } catch (InterruptedException deaf) {
                    continue;
                }
            }
            return Optional.of(after.plusSeconds(60));
        };
        world.clock.advance(Duration.ofSeconds(60).toNanos());
        Eventually.until("both are finished", () -> {
            wake();
            return now(odd).state() == ScheduleState.FINISHED && now(another).state() == ScheduleState.FINISHED;
        });
        int before = asked.get();

        assertThatThrownBy(() -> scheduler.add(ScheduledWorld.spec("odd", "third", spec -> spec)))
                .isInstanceOf(GuardException.class)
                .hasMessageContaining("has not come back");
        assertThat(asked).hasValue(before);
        assertThat(told()).hasSize(1);

        release.countDown();
        Eventually.until("it is asked again", () -> {
            try {
                scheduler.add(ScheduledWorld.spec("odd", "fourth", spec -> spec));
                return true;
            } catch (GuardException stillOut) {
                return false;
            }
        });
    }

    @Test
    void oneThatThrowsIsToldOnceForAllItsSchedules() {
        answer = (spec, after) -> {
            throw new AssertionError("on purpose");
        };

        assertBroken(Fault.THREW, "on purpose");
    }

    @Test
    void oneThatGoesBackInTimeIsToldOnce() {
        answer = (spec, after) -> Optional.of(after.minusSeconds(1));

        assertBroken(Fault.INVALID_ANSWER, "expected a later moment");
    }

    @Test
    void oneThatAnswersNullIsToldOnce() {
        answer = (spec, after) -> null;

        assertBroken(Fault.INVALID_ANSWER, "answered null");
    }

    @Test
    void oneThatExhaustsTheStackIsToldOnce() {
        answer = (spec, after) -> deeper(new ArrayList<>());

        assertBroken(Fault.THREW, "StackOverflowError");
    }

    private static Optional<Instant> deeper(List<Object> under) {
        return deeper(under).map(instant -> instant.plusNanos(under.size()));
    }

    @Test
    void nothingThatBlocksIsLeftWhenTheSchedulerIsClosed() throws Exception {
        CountDownLatch blocking = new CountDownLatch(1);
        answer = (spec, after) -> {
            blocking.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Optional.empty();
        };
        world.clock.advance(Duration.ofSeconds(60).toNanos());
        wake();
        blocking.await();

        scheduler.close();

        Eventually.until("every thread has ended", () -> threads.stream().noneMatch(Thread::isAlive));
    }
}
