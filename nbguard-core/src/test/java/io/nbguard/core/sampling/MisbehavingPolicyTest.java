package io.nbguard.core.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.event.GuardEvent.PluginMisbehaved;
import io.nbguard.api.event.GuardEvent.PluginMisbehaved.Fault;
import io.nbguard.core.policy.LowestPriorityPolicy;
import io.nbguard.spi.policy.KillPolicy;
import io.nbguard.spi.policy.KillSituation;
import io.nbguard.spi.policy.Victim;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Kill policies that break their contract: the heaviest is ended without them, in time, and each is told of once. */
@Timeout(60)
class MisbehavingPolicyTest {

    /** Where no policy blocks, a busy machine is not to be mistaken for a slow policy. */
    private static final Duration LONG = Duration.ofSeconds(20);

    private final CountDownLatch never = new CountDownLatch(1);

    @Test
    void aPolicyThatNeverReturnsIsDoneWithoutAndNamed() {
        AtomicInteger asked = new AtomicInteger();
        Simulation world = new Simulation(4_096, it -> it, policy("stuck", situation -> {
            asked.incrementAndGet();
            awaitForEver();
            return Optional.empty();
        }));
        SimulatedNotebook hog = world.start("hog.ipynb").holding(500).growing(1e9);

        world.run(Duration.ofSeconds(10));

        assertThat(hog.kills()).isEqualTo(1);
        assertThat(world.peakBytes).isLessThan(world.limitBytes);
        assertThat(world.events(GuardEvent.Terminated.class).get(0).scenario().policy())
                .isEqualTo("nbguard-heaviest");
        PluginMisbehaved told = only(world);
        assertThat(told.kind()).isEqualTo("kill policy");
        assertThat(told.plugin()).isEqualTo("stuck");
        assertThat(told.fault()).isEqualTo(Fault.TOO_SLOW);
        assertThat(told.message()).contains("did not answer within", "not asked for 60 s");

        SimulatedNotebook second = world.start("second.ipynb").holding(500).growing(1e9);
        world.run(Duration.ofSeconds(10));

        assertThat(second.kills()).isEqualTo(1);
        assertThat(asked).hasValue(1);
        only(world);
        world.loop.close();
    }

    @Test
    void aLatePolicyMayReadItsSituationForAsLongAsItLikesAndItsLateAnswerHasNoEffect() throws Exception {
        CountDownLatch late = new CountDownLatch(1);
        AtomicReference<KillSituation> seen = new AtomicReference<>();
        AtomicReference<Thread> answering = new AtomicReference<>();
        Simulation world = new Simulation(4_096, it -> it, policy("late", situation -> {
            answering.set(Thread.currentThread());
            await(late);
            seen.set(situation);
            return Optional.of(new Victim(situation.candidates().get(1).id(), "too late"));
        }));
        SimulatedNotebook hog = world.start("hog.ipynb").holding(3_500);
        SimulatedNotebook calm = world.start("calm.ipynb").holding(300);

        world.run(Duration.ofSeconds(2));
        late.countDown();
        world.loop.close();
        answering.get().join(10_000);

        assertThat(answering.get().isAlive()).isFalse();
        assertThat(seen.get().candidates()).hasSize(2);
        world.run(Duration.ofSeconds(2));
        assertThat(hog.kills()).isEqualTo(1);
        assertThat(calm.kills()).isZero();
    }

    @Test
    void afterItsPauseASlowPolicyIsAskedAgainAndOneThatAnswersIsBelieved() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        AtomicReference<Thread> answering = new AtomicReference<>();
        CountDownLatch returns = new CountDownLatch(1);
        Simulation world =
                new Simulation(4_096, it -> it, Duration.ofSeconds(2), List.of(), policy("sometimes", situation -> {
                    if (asked.incrementAndGet() == 1) {
                        answering.set(Thread.currentThread());
                        while (!Thread.interrupted()) {
                            LockSupport.park(this);
                        }
                        returns.countDown();
                    }
                    return Optional.of(new Victim(situation.candidates().get(1).id(), "the lighter one"));
                }));
        SimulatedNotebook first = world.start("first.ipynb").holding(3_000);
        SimulatedNotebook second = world.start("second.ipynb").holding(800);
        world.run(Duration.ofSeconds(5));
        assertThat(first.kills()).isEqualTo(1);
        // In real time, which this world's clock leaves behind: its thread has left the policy and waits for
        // a question.
        returns.await();
        while (answering.get().getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        world.clock.advance(Duration.ofSeconds(61));
        SimulatedNotebook third = world.start("third.ipynb").holding(2_600);
        world.run(Duration.ofSeconds(3));
        third.growing(20e6);

        world.run(Duration.ofSeconds(20));

        assertThat(second.kills()).isEqualTo(1);
        assertThat(third.kills()).isZero();
        assertThat(asked).hasValue(2);
        only(world);
        world.loop.close();
    }

    @Test
    void whatAPolicyThrowsOrAnswersWronglyIsToldAsItsFault() {
        KillPolicy throwing = policy("throwing", situation -> {
            throw new StackOverflowError("deep");
        });
        KillPolicy wrong = policy("wrong", situation -> Optional.of(new Victim(ExecutionId.random(), "?")));
        KillPolicy none = policy("none", situation -> null);
        Simulation world =
                new Simulation(4_096, it -> it, LONG, List.of(), throwing, wrong, none, new LowestPriorityPolicy());
        SimulatedNotebook important =
                world.start("important.ipynb").holding(2_500).priority(10);
        SimulatedNotebook humble = world.start("humble.ipynb").holding(1_300).priority(1);

        world.run(Duration.ofSeconds(3));

        assertThat(humble.kills()).isEqualTo(1);
        assertThat(important.kills()).isZero();
        assertThat(world.events(PluginMisbehaved.class))
                .extracting(it -> it.plugin() + " " + it.fault())
                .containsExactly("throwing THREW", "wrong INVALID_ANSWER", "none INVALID_ANSWER");
        world.loop.close();
    }

    @Test
    void theDeathOfTheVictimIsNotBlamedForWhatThePolicyTook() {
        AtomicReference<Simulation> itself = new AtomicReference<>();
        Simulation world = new Simulation(4_096, it -> it, LONG, List.of(), policy("slow", situation -> {
            itself.get().clock.advance(Duration.ofSeconds(2));
            return Optional.empty();
        }));
        itself.set(world);
        world.start("hog.ipynb").holding(100).growing(200e6);

        world.run(Duration.ofSeconds(40));

        assertThat(world.events(GuardEvent.KillConfirmed.class)).singleElement().satisfies(it -> assertThat(it.took())
                .isLessThan(Duration.ofSeconds(1)));
        world.loop.close();
    }

    @Test
    void howLongAPolicyMayTakeIsReckonedIntoTheReactionTime() {
        Simulation plain = new Simulation(4_096);
        Simulation foreign = new Simulation(4_096, it -> it, policy("fine", situation -> Optional.empty()));
        plain.run(Duration.ofSeconds(1));
        foreign.run(Duration.ofSeconds(1));

        assertThat(foreign.loop.reaction().minus(plain.loop.reaction())).isGreaterThan(Duration.ofMillis(40));
        foreign.loop.close();
    }

    private static PluginMisbehaved only(Simulation world) {
        assertThat(world.events(PluginMisbehaved.class)).hasSize(1);
        return world.events(PluginMisbehaved.class).get(0);
    }

    private void awaitForEver() {
        await(never);
    }

    private static void await(CountDownLatch latch) {
        boolean done = false;
        while (!done) {
            try {
                latch.await();
                done = true;
            } catch (InterruptedException e) {
                // The rudest of policies.
            }
        }
    }

    private static KillPolicy policy(String name, Function<KillSituation, Optional<Victim>> choice) {
        return new KillPolicy() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Optional<Victim> choose(KillSituation situation) {
                return choice.apply(situation);
            }
        };
    }
}
