package io.nbguard.core.sampling;

import static io.nbguard.core.sampling.Simulation.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Reading;
import io.nbguard.api.snapshot.Snapshot;
import io.nbguard.api.watchdog.KillScenario.Cause;
import io.nbguard.api.watchdog.MemoryRung;
import io.nbguard.core.policy.LowestPriorityPolicy;
import io.nbguard.spi.policy.KillPolicy;
import io.nbguard.spi.policy.KillSituation;
import io.nbguard.spi.policy.Victim;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The whole loop in virtual time over simulated notebooks: who is ended, who is not, and what is told. */
class SamplingLoopTest {

    @Test
    void theHeaviestIsEndedBeforeTheLimitIsReachedAndTheOthersLive() {
        Simulation world = new Simulation(16_384);
        SimulatedNotebook steady = world.start("steady.ipynb").holding(6_000);
        SimulatedNotebook hog = world.start("hog.ipynb").holding(500).growing(1e9);

        world.run(Duration.ofSeconds(30));

        assertThat(hog.kills()).isEqualTo(1);
        assertThat(steady.kills()).isZero();
        assertThat(world.peakBytes).isLessThan(16_384 * MIB);
        GuardEvent.Terminated told = world.events(GuardEvent.Terminated.class).get(0);
        assertThat(told.message()).startsWith("OOM Prevention: Terminated hog.ipynb");
        assertThat(told.scenario().cause()).isEqualTo(Cause.NODE_LIMIT);
        assertThat(told.scenario().threshold()).isEqualTo(ByteSize.ofBytes(15_360 * MIB));
        assertThat(told.scenario().used())
                .isGreaterThanOrEqualTo(told.scenario().threshold());
        assertThat(told.scenario().candidates()).hasSize(2);
        assertThat(world.events(GuardEvent.KillConfirmed.class)).hasSize(1);
    }

    @Test
    void aNotebookThatFillsSixGigabytesASecondDoesNotOvershootTheThresholdByMoreThanAFewTicks() {
        Simulation world = new Simulation(16_384);
        world.start("hog.ipynb").growing(6e9);

        world.run(Duration.ofSeconds(10));

        GuardEvent.Terminated told = world.events(GuardEvent.Terminated.class).get(0);
        long overshoot =
                told.scenario().used().bytes() - told.scenario().threshold().bytes();
        assertThat(overshoot).isLessThan(2 * 6_000_000_000L / 500);
    }

    @Test
    void aLookAtTheNodeAloneAsksNothingOfTheExecutionsHoweverManyTheyAre() {
        Simulation world = new Simulation(4_096, Simulation.budget(20_000));
        SimulatedNotebook one = world.start("one.ipynb").holding(20).limitedTo(20_000);
        world.run(Duration.ofSeconds(10));
        long looks = world.ticks;
        long fills = one.fills();
        long questions = one.questions();

        world.run(Duration.ofSeconds(60));

        assertThat(world.ticks - looks).isGreaterThan(5 * (one.fills() - fills));
        assertThat(one.questions() - questions).isLessThan(12 * (one.fills() - fills));
    }

    @Test
    void aFloodOfPageCacheKillsNoExecution() {
        Simulation world = new Simulation(4_096);
        SimulatedNotebook reader = world.start("reader.ipynb").holding(1_000);
        world.cacheGrowth = 2e9;

        world.run(Duration.ofSeconds(60));

        assertThat(world.cacheBytes).isGreaterThan(2_500 * MIB);
        assertThat(reader.kills()).isZero();
        assertThat(world.events(GuardEvent.Terminated.class)).isEmpty();
        assertThat(world.loop.snapshot().rung()).isEqualTo(MemoryRung.NORMAL);
    }

    @Test
    void aForkHeavyNotebookWithSharedPagesIsNotMistakenForTheHeaviest() {
        Simulation world = new Simulation(4_096);
        SimulatedNotebook forked = world.start("forked.ipynb").holding(20).sharing(900, 8);
        SimulatedNotebook single = world.start("single.ipynb").holding(1_500).growing(300e6);

        world.run(Duration.ofSeconds(20));

        assertThat(single.kills()).isEqualTo(1);
        assertThat(forked.kills()).isZero();
        assertThat(forked.pssReadings()).isPositive();
    }

    @Test
    void aVictimThatExitsByItselfIsNotKilledAndNoOtherExecutionIs() {
        Simulation world = new Simulation(4_096);
        SimulatedNotebook leaving =
                world.start("leaving.ipynb").holding(1_000).growing(500e6).exitingWhenCondemned();
        SimulatedNotebook other = world.start("other.ipynb").holding(500);

        world.run(Duration.ofSeconds(20));

        assertThat(leaving.kills()).isZero();
        assertThat(other.kills()).isZero();
        assertThat(world.events(GuardEvent.KillWithheld.class))
                .extracting(GuardEvent.KillWithheld::message)
                .anyMatch(text -> text.contains("ended by itself"));
    }

    @Test
    void theNextVictimIsOnlyTakenWhenTheFirstIsGoneAndThatWasNotEnough() {
        Simulation world = new Simulation(4_096);
        SimulatedNotebook first = world.start("first.ipynb").holding(2_000);
        SimulatedNotebook second = world.start("second.ipynb").holding(1_400);
        world.run(Duration.ofSeconds(2));
        world.othersBytes = 3_000 * MIB;

        world.run(Duration.ofSeconds(5));

        assertThat(first.kills()).isEqualTo(1);
        assertThat(second.kills()).isEqualTo(1);
        List<GuardEvent> kills = world.events.stream()
                .filter(it -> it instanceof GuardEvent.Terminated || it instanceof GuardEvent.KillConfirmed)
                .toList();
        assertThat(kills).hasSize(4);
        assertThat(kills.get(1)).isInstanceOf(GuardEvent.KillConfirmed.class);
        assertThat(kills.get(2)).isInstanceOf(GuardEvent.Terminated.class);
    }

    @Test
    void aSecondKillIsWithheldWhileTheFirstVictimsMemoryIsStillComingBack() {
        Simulation world = new Simulation(4_096);
        SimulatedNotebook hog = world.start("hog.ipynb").holding(2_000).growing(400e6);
        SimulatedNotebook bystander = world.start("bystander.ipynb").holding(1_200);

        world.run(Duration.ofSeconds(10));

        assertThat(hog.kills()).isEqualTo(1);
        assertThat(bystander.kills()).isZero();
    }

    @Test
    void aVictimThatDoesNotDieIsGivenUpAndTheNextIsTaken() {
        Simulation world = new Simulation(4_096);
        SimulatedNotebook stuck = world.start("stuck.ipynb").holding(3_000).immortal();
        SimulatedNotebook next = world.start("next.ipynb").holding(700);

        world.run(Duration.ofSeconds(15));

        assertThat(stuck.kills()).isEqualTo(1);
        assertThat(next.kills()).isEqualTo(1);
        assertThat(world.events(GuardEvent.KillUnconfirmed.class)).hasSize(1);
    }

    @Test
    void aLimitThatIsRaisedLiveSavesTheNotebookAndIsTold() {
        Simulation world = new Simulation(4_096);
        SimulatedNotebook grower = world.start("grower.ipynb").holding(1_000).growing(100e6);
        world.run(Duration.ofSeconds(20));
        world.limitBytes = 16_384 * MIB;

        world.run(Duration.ofSeconds(20));

        assertThat(grower.kills()).isZero();
        assertThat(world.events(GuardEvent.LimitChanged.class))
                .singleElement()
                .extracting(GuardEvent.LimitChanged::message)
                .isEqualTo("memory limit 4.0 GiB -> 16.0 GiB");
    }

    @Test
    void aLimitThatIsLoweredLiveIsKept() {
        Simulation world = new Simulation(16_384);
        SimulatedNotebook big = world.start("big.ipynb").holding(6_000);
        world.run(Duration.ofSeconds(3));
        world.limitBytes = 6_400 * MIB;

        world.run(Duration.ofSeconds(3));

        assertThat(big.kills()).isEqualTo(1);
    }

    @Test
    void aDryRunReportsTheVictimAndSendsNoSignal() {
        Simulation world = new Simulation(4_096, Simulation.dryRun());
        SimulatedNotebook hog = world.start("hog.ipynb").holding(3_800);

        world.run(Duration.ofSeconds(5));

        assertThat(hog.kills()).isZero();
        assertThat(world.events(GuardEvent.Terminated.class))
                .singleElement()
                .extracting(GuardEvent.Terminated::message)
                .asString()
                .contains("Would terminate hog.ipynb");
    }

    @Test
    void aPolicyThatThrowsOrNamesNoCandidateIsPassedOver() {
        KillPolicy broken = policy(situation -> {
            throw new IllegalStateException("broken");
        });
        KillPolicy naming = policy(situation -> Optional.of(new Victim(ExecutionId.random(), "?")));
        Simulation world = new Simulation(4_096, it -> it, broken, naming, new LowestPriorityPolicy());
        SimulatedNotebook important =
                world.start("important.ipynb").holding(2_500).priority(10);
        SimulatedNotebook humble = world.start("humble.ipynb").holding(1_300).priority(1);

        world.run(Duration.ofSeconds(3));

        assertThat(humble.kills()).isEqualTo(1);
        assertThat(important.kills()).isZero();
    }

    @Test
    void withoutACandidateItSaysSoAndDoesNotSpin() {
        Simulation world = new Simulation(4_096);
        world.othersBytes = 4_000 * MIB;

        world.run(Duration.ofSeconds(8));

        assertThat(world.events(GuardEvent.KillWithheld.class))
                .singleElement()
                .extracting(GuardEvent.KillWithheld::message)
                .asString()
                .contains("held by others");
        assertThat(world.ticks).isLessThan(8 * 25);
    }

    @Test
    void aBudgetIsHeldByWhatTreesReallyHoldNotByTheSumOfTheirRss() {
        Simulation world = new Simulation(16_384, Simulation.budget(1_000));
        SimulatedNotebook forked = world.start("forked.ipynb").holding(10).sharing(400, 8);

        world.run(Duration.ofSeconds(10));

        assertThat(forked.kills()).isZero();
        assertThat(forked.pssReadings()).isPositive();
        Snapshot.BudgetSnapshot budget = world.loop.snapshot().budget().orElseThrow();
        assertThat(budget.rss().bytes()).isGreaterThan(3_000 * MIB);
        assertThat(budget.used().bytes()).isBetween(400 * MIB, 500 * MIB);
    }

    @Test
    void workersThatTouchSharedPagesFasterThanPssMayBeMeasuredRaiseASuspicionAndNoMore() {
        Simulation world = new Simulation(16_384, Simulation.budget(1_000));
        SimulatedNotebook calm = world.start("calm.ipynb").holding(500);
        SimulatedNotebook forked = world.start("forked.ipynb").sharing(200, 5).touching(1e9);

        world.run(Duration.ofSeconds(5));

        assertThat(world.kills()).isZero();
        assertThat(world.loop.snapshot().budget().orElseThrow().rss().bytes()).isGreaterThan(1_400 * MIB);
        assertThat(world.events(GuardEvent.KillWithheld.class))
                .anySatisfy(event -> assertThat(event.message()).contains("only the sum of RSS says so"));
        calm.growing(150e6);

        world.run(Duration.ofSeconds(5));

        assertThat(calm.kills()).isEqualTo(1);
        assertThat(forked.kills()).isZero();
    }

    @Test
    void aBudgetThatIsExceededEndsTheHeaviest() {
        Simulation world = new Simulation(16_384, Simulation.budget(1_000));
        SimulatedNotebook calm = world.start("calm.ipynb").holding(200);
        SimulatedNotebook hog = world.start("hog.ipynb").holding(100).growing(150e6);

        world.run(Duration.ofSeconds(10));

        assertThat(hog.kills()).isEqualTo(1);
        assertThat(calm.kills()).isZero();
        assertThat(hog.scenario()).isNotNull();
        assertThat(hog.scenario().cause()).isEqualTo(Cause.MEMORY_BUDGET);
        assertThat(hog.scenario().used().bytes()).isLessThan(1_000 * MIB);
    }

    @Test
    void copyOnWriteThatUnsharesPagesWithoutAnyGrowthOfRssIsSeenByTheBudget() {
        Simulation world = new Simulation(16_384, Simulation.budget(1_000));
        SimulatedNotebook forked = world.start("forked.ipynb").sharing(400, 8);
        world.run(Duration.ofSeconds(5));
        assertThat(forked.kills()).isZero();
        forked.holding(200).sharing(200, 8);

        world.run(Duration.ofSeconds(5));

        assertThat(forked.kills()).isEqualTo(1);
    }

    @Test
    void anExecutionBeyondItsOwnLimitIsEndedThoughAnotherIsHeavier() {
        Simulation world = new Simulation(16_384);
        SimulatedNotebook heavy = world.start("heavy.ipynb").holding(4_000);
        SimulatedNotebook limited = world.start("limited.ipynb").limitedTo(500).growing(200e6);

        world.run(Duration.ofSeconds(6));

        assertThat(limited.kills()).isEqualTo(1);
        assertThat(heavy.kills()).isZero();
        assertThat(limited.scenario().cause()).isEqualTo(Cause.EXECUTION_LIMIT);
    }

    @Test
    void theRungsAreClimbedInOrderAndTremblingUseDoesNotMakeAStorm() {
        Simulation world = new Simulation(1_000);
        List<String> admitted = new ArrayList<>();
        world.loop.onAdmittingAgain(() -> admitted.add("again"));
        world.othersBytes = 799 * MIB;
        world.run(Duration.ofSeconds(2));
        for (int i = 0; i < 50; i++) {
            world.othersBytes = (i % 2 == 0 ? 801 : 797) * MIB;
            world.run(Duration.ofSeconds(1));
        }
        assertThat(world.events(GuardEvent.RungChanged.class)).hasSize(1);

        world.othersBytes = 860 * MIB;
        world.run(Duration.ofSeconds(2));
        assertThat(world.loop.admitting()).isFalse();

        world.othersBytes = 700 * MIB;
        world.run(Duration.ofSeconds(2));
        assertThat(world.loop.admitting())
                .as("not before use has been low for a while")
                .isFalse();
        world.run(Duration.ofSeconds(3));
        assertThat(world.loop.admitting()).isTrue();
        assertThat(admitted).containsExactly("again");
        assertThat(world.events(GuardEvent.RungChanged.class))
                .extracting(GuardEvent.RungChanged::rung)
                .containsExactly(MemoryRung.WARN, MemoryRung.STOP_ADMITTING, MemoryRung.NORMAL);
    }

    @Test
    void anUnreadableCacheSizeIsTold_AndCountsAsUsedRatherThanLosingTheNode() {
        Simulation world = new Simulation(4_096);
        SimulatedNotebook notebook = world.start("some.ipynb").holding(1_000);
        world.run(Duration.ofSeconds(2));
        world.statReadable = false;
        world.run(Duration.ofSeconds(2));

        assertThat(world.events(GuardEvent.ReadingDegraded.class))
                .extracting(GuardEvent.ReadingDegraded::message)
                .contains("file cache cannot be read: permission denied");
        assertThat(world.loop.snapshot().node().memoryUnreclaimable()).isInstanceOf(Reading.Unavailable.class);
        assertThat(world.loop.snapshot().node().memoryRaw()).isInstanceOf(Reading.Value.class);

        world.cacheBytes = 2_800 * MIB;
        world.run(Duration.ofSeconds(2));
        assertThat(notebook.kills()).isEqualTo(1);

        world.statReadable = true;
        world.run(Duration.ofSeconds(2));
        assertThat(world.events(GuardEvent.ReadingRestored.class))
                .extracting(GuardEvent.ReadingRestored::quantity)
                .contains("file cache");
    }

    @Test
    void unreadableMemoryDoesNotKillAndTheTreesGoOnBeingMeasured() {
        Simulation world = new Simulation(4_096);
        SimulatedNotebook notebook = world.start("some.ipynb").holding(1_000);
        world.memoryReadable = false;

        world.run(Duration.ofSeconds(3));

        assertThat(notebook.kills()).isZero();
        assertThat(world.events(GuardEvent.ReadingDegraded.class)).isNotEmpty();
        assertThat(world.loop.snapshot().executions().get(0).accounts().rss().value())
                .contains(ByteSize.ofMebibytes(1_000));
    }

    @Test
    void aTrackerThatFailsIsToldOnceAndTheNodeIsWatchedOn() {
        Simulation world = new Simulation(4_096);
        SimulatedNotebook hog = world.start("hog.ipynb").holding(100);
        world.trackerFailure = new IllegalStateException("torn file");
        hog.growing(1e9);

        world.run(Duration.ofSeconds(10));

        assertThat(world.events(GuardEvent.PluginMisbehaved.class))
                .singleElement()
                .satisfies(told -> assertThat(told.message()).contains("process tracker", "torn file"));
        assertThat(hog.kills()).isEqualTo(1);
        assertThat(world.peakBytes).isLessThan(world.limitBytes);
    }

    @Test
    void aLoopThatWasHeldUpSaysByHowMuch() {
        Simulation world = new Simulation(32_768);
        world.run(Duration.ofSeconds(2));
        world.clock.advance(Duration.ofSeconds(5));
        world.loop.tick();

        assertThat(world.events(GuardEvent.LoopLagged.class)).hasSize(1);
        assertThat(world.loop.snapshot().loop().missedTicks()).isBetween(3L, 9L);
        assertThat(world.loop.snapshot().loop().lag()).isGreaterThan(Duration.ofSeconds(3));
    }

    @Test
    void oneTickGivesEveryReaderTheSameSnapshot() {
        Simulation world = new Simulation(4_096);
        world.start("some.ipynb").holding(100);
        world.run(Duration.ofSeconds(3));

        Snapshot first = world.loop.snapshot();

        assertThat(world.loop.snapshot()).isSameAs(first);
        assertThat(first.executions()).hasSize(1);
        assertThat(first.executions().get(0).usage().cores().value().orElseThrow())
                .isBetween(0.9, 1.1);
        assertThat(first.node().cores().value().orElseThrow()).isBetween(0.9, 1.1);
        assertThat(first.executions().get(0).processes().get(0).cores()).isBetween(0.9, 1.1);
    }

    @Test
    void anExecutionThatIsWatchedLateIsNotChargedItsWholePastInOneSecond() {
        Simulation world = new Simulation(4_096);
        SimulatedNotebook old = new SimulatedNotebook("old.ipynb", world).holding(100);
        world.notebooks.add(old);
        world.run(Duration.ofSeconds(30));
        world.loop.watch(old);

        world.run(Duration.ofSeconds(2));

        assertThat(world.loop
                        .snapshot()
                        .executions()
                        .get(0)
                        .usage()
                        .cores()
                        .value()
                        .orElseThrow())
                .isBetween(0.9, 1.1);
        assertThat(world.loop.snapshot().executions().get(0).processes().get(0).cores())
                .isBetween(0.9, 1.1);
        assertThat(world.loop
                        .snapshot()
                        .executions()
                        .get(0)
                        .usage()
                        .cpuTime()
                        .value()
                        .orElseThrow()
                        .seconds())
                .isGreaterThan(30);
    }

    @Test
    void aSteadyTickAllocatesNothing() {
        Simulation world = new Simulation(16_384, Simulation.budget(8_000));
        for (int i = 0; i < 20; i++) {
            world.start("n" + i + ".ipynb").holding(100);
        }
        for (int i = 0; i < 20_000; i++) {
            world.loop.tick();
            world.clock.advanceNanos(100_000_000L);
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(id);
        int ticks = 10_000;
        for (int i = 0; i < ticks; i++) {
            world.loop.tick();
            world.clock.advanceNanos(100_000_000L);
        }
        long allocated = threads.getThreadAllocatedBytes(id) - before;

        // The two readings of the counter themselves may allocate a few hundred bytes; one object per tick would be 160
        // kB.
        assertThat(allocated).isLessThan(ticks);
    }

    private static KillPolicy policy(Function<KillSituation, Optional<Victim>> choice) {
        return new KillPolicy() {
            @Override
            public String name() {
                return "test";
            }

            @Override
            public Optional<Victim> choose(KillSituation situation) {
                return choice.apply(situation);
            }
        };
    }
}
