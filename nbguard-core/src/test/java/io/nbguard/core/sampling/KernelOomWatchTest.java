package io.nbguard.core.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.event.GuardEvent.KernelOomKill;
import io.nbguard.spi.process.GroupUsage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whom the kernel's OOM killer took, from counts and losses, in virtual time. */
class KernelOomWatchTest {

    private static final Duration A_WHILE = Duration.ofSeconds(3);
    private static final Duration A_TICK = Duration.ofMillis(1_100);

    private final Simulation world = new Simulation(16_384);

    private List<KernelOomKill> told() {
        return world.events(KernelOomKill.class);
    }

    @Test
    void aProcessLostWhenTheCountRoseIsAttributedToTheKernel() {
        SimulatedNotebook hog = world.start("hog.ipynb").holding(2_000);
        SimulatedNotebook other = world.start("other.ipynb").holding(500);
        world.run(A_WHILE);
        hog.loses(1);
        world.oomKills++;

        world.run(A_TICK);

        assertThat(hog.takenByKernel()).isEqualTo(1);
        assertThat(other.takenByKernel()).isZero();
        assertThat(told()).singleElement().satisfies(event -> {
            assertThat(event.id()).contains(hog.id());
            assertThat(event.notebook()).contains("hog.ipynb");
            assertThat(event.kills()).isEqualTo(1);
            assertThat(event.message())
                    .isEqualTo("The kernel's OOM killer took a process of hog.ipynb ["
                            + hog.id().shortForm()
                            + "]: the node, or the machine, ran out of memory (oom_kill in simulation)");
        });
        world.run(A_WHILE);
        assertThat(told()).as("it is told once").hasSize(1);
    }

    @Test
    void whatIsLostWhileTheCountStandsStillWasNotTakenByTheKernel() {
        SimulatedNotebook killed = world.start("killed.ipynb").holding(2_000);
        world.oomKills = 7;
        world.run(A_WHILE);
        killed.loses(1);

        world.run(A_WHILE);

        assertThat(killed.takenByKernel()).isZero();
        assertThat(told()).isEmpty();
    }

    @Test
    void oneKillExplainsOneDeathThatOfTheHeaviest() {
        SimulatedNotebook light = world.start("light.ipynb").holding(60);
        SimulatedNotebook heavy = world.start("heavy.ipynb").holding(900);
        world.run(A_WHILE);
        light.loses(1);
        heavy.loses(1);
        world.oomKills++;

        world.run(A_WHILE);

        assertThat(heavy.takenByKernel()).isEqualTo(1);
        assertThat(light.takenByKernel()).isZero();
        assertThat(told()).hasSize(1);
    }

    @Test
    void twoKillsExplainTwoDeaths() {
        SimulatedNotebook first = world.start("first.ipynb").holding(900);
        SimulatedNotebook second = world.start("second.ipynb").holding(800);
        world.run(A_WHILE);
        first.loses(1);
        second.loses(1);
        world.oomKills += 2;

        world.run(A_WHILE);

        assertThat(first.takenByKernel()).isEqualTo(1);
        assertThat(second.takenByKernel()).isEqualTo(1);
        assertThat(told()).hasSize(2);
    }

    @Test
    void twoWorkersOfOneNotebookAreToldTogether() {
        SimulatedNotebook pool = world.start("pool.ipynb").holding(400).sharing(0, 5);
        world.run(A_WHILE);
        pool.loses(2);
        world.oomKills += 2;

        world.run(A_TICK);

        assertThat(pool.takenByKernel()).isEqualTo(2);
        assertThat(told()).singleElement().extracting(KernelOomKill::kills).isEqualTo(2L);
    }

    @Test
    void aLightOneThatEndedByItselfIsNotBlamedWhileTheHeavyOneIsStillDying() {
        SimulatedNotebook light = world.start("light.ipynb").holding(60);
        SimulatedNotebook dying = world.start("dying.ipynb").holding(6_000);
        world.run(A_WHILE);
        light.loses(1);
        world.oomKills++;
        world.run(A_TICK);
        assertThat(told()).isEmpty();
        dying.loses(1);

        world.run(A_TICK);

        assertThat(dying.takenByKernel()).isEqualTo(1);
        assertThat(light.takenByKernel()).isZero();
        assertThat(told()).hasSize(1);
    }

    @Test
    void aHogThatGrewWithinTheLastSecondIsHeavierThanWhatEndedBesideIt() {
        // So near the limit that trees are read several times a second.
        world.othersBytes = 14_600 * Simulation.MIB;
        SimulatedNotebook light = world.start("ended.ipynb").holding(300);
        SimulatedNotebook hog = world.start("hog.ipynb").holding(60);
        world.run(A_WHILE);
        hog.growing(0.5e9);
        world.run(Duration.ofMillis(700));
        hog.growing(0).loses(1);
        light.loses(1);
        world.oomKills++;

        world.run(A_WHILE);

        assertThat(hog.takenByKernel()).isEqualTo(1);
        assertThat(light.takenByKernel()).isZero();
    }

    @Test
    void whatWasGoneWhileTheCountStoodStillIsNotBlamedForALaterKill() {
        SimulatedNotebook killed = world.start("killed.ipynb").holding(2_000);
        world.run(A_WHILE);
        killed.loses(1);
        world.run(A_TICK);
        world.oomKills++;

        world.run(Duration.ofSeconds(4));

        assertThat(killed.takenByKernel()).isZero();
        assertThat(told()).singleElement().satisfies(event -> assertThat(event.id())
                .isEmpty());
    }

    @Test
    void anUnattributedKillCanBeClaimedOnceAndSoon() {
        world.run(A_WHILE);
        world.oomKills++;
        assertThat(world.loop.claimKernelOomKill()).isEmpty();
        world.run(Duration.ofSeconds(4));

        assertThat(world.loop.claimKernelOomKill())
                .contains("the node, or the machine, ran out of memory (oom_kill in simulation)");
        assertThat(world.loop.claimKernelOomKill()).isEmpty();

        world.oomKills++;
        world.run(Duration.ofSeconds(20));
        assertThat(world.loop.claimKernelOomKill()).isEmpty();
    }

    @Test
    void anUnattributedKillIsReportedWithoutAnExecution() {
        world.start("living.ipynb").holding(500);
        world.run(A_WHILE);
        world.oomKills++;

        world.run(Duration.ofSeconds(4));

        assertThat(told()).singleElement().satisfies(event -> {
            assertThat(event.id()).isEmpty();
            assertThat(event.notebook()).isEmpty();
            assertThat(event.message()).contains("a process that no execution of this guard is known to have lost");
        });
    }

    @Test
    void theCountOfAnotherCgroupIsNoIncrease() {
        SimulatedNotebook killed = world.start("killed.ipynb").holding(500);
        world.run(A_WHILE);
        world.oomKills = 40;
        world.oomCountedIn = "another group";
        killed.loses(1);

        world.run(A_WHILE);

        assertThat(killed.takenByKernel()).isZero();
        assertThat(told()).isEmpty();
    }

    @Test
    void aCgroupOfItsOwnAttributesTheKillWhateverOthersLost() {
        SimulatedNotebook accounted =
                world.start("accounted.ipynb").holding(100).withCgroupOfItsOwn();
        SimulatedNotebook other = world.start("other.ipynb").holding(2_000).withCgroupOfItsOwn();
        world.run(A_WHILE);
        accounted.countsTaken(3);
        other.loses(1);
        world.oomKills += 3;

        world.run(A_WHILE);

        assertThat(accounted.takenByKernel()).isEqualTo(3);
        assertThat(other.takenByKernel()).isZero();
        assertThat(told()).singleElement().satisfies(event -> {
            assertThat(event.id()).contains(accounted.id());
            assertThat(event.kills()).isEqualTo(3);
        });
    }

    @Test
    void anAccountThatIsAheadOfTheNodesCountIsNotCountedTwice() {
        SimulatedNotebook accounted =
                world.start("accounted.ipynb").holding(100).sharing(0, 4).withCgroupOfItsOwn();
        world.run(A_WHILE);
        accounted.countsTaken(2);
        world.oomKills++;
        world.run(A_TICK);
        world.oomKills++;

        world.run(Duration.ofSeconds(5));

        assertThat(accounted.takenByKernel()).isEqualTo(2);
        assertThat(told()).hasSize(1);
    }

    @Test
    void whatEndedByItselfWasNotTaken() {
        SimulatedNotebook failed = world.start("failed.ipynb").holding(400).sharing(0, 3);
        SimulatedNotebook taken = world.start("taken.ipynb").holding(60);
        world.run(A_WHILE);
        failed.loses(3, 1 << 8);
        taken.loses(1);
        world.oomKills++;

        world.run(A_WHILE);

        assertThat(failed.takenByKernel()).isZero();
        assertThat(taken.takenByKernel()).as("lighter, but it died of SIGKILL").isEqualTo(1);
    }

    @Test
    void whereEndStatusesAreUnknownTheHeaviestIsTakenToBeTheVictim() {
        SimulatedNotebook hog = world.start("hog.ipynb").holding(2_000);
        world.run(A_WHILE);
        hog.loses(1, GroupUsage.UNKNOWN_END);
        world.oomKills++;

        world.run(A_TICK);

        assertThat(hog.takenByKernel()).isEqualTo(1);
    }

    @Test
    void whatDiesWhileItIsBeingEndedIsNotPutDownToTheKernel() {
        SimulatedNotebook stopped = world.start("stopped.ipynb").holding(2_000);
        world.run(A_WHILE);
        stopped.stopping();
        stopped.loses(1);
        world.oomKills++;

        world.run(A_WHILE);

        assertThat(stopped.takenByKernel()).isZero();
    }

    @Test
    void whatIsCountedForTheMachineIsNotPutDownToANotebookThatEndedMeanwhile() {
        world.oomCountedForMachine = true;
        SimulatedNotebook failed = world.start("failed.ipynb").holding(100).sharing(0, 3);
        SimulatedNotebook unseen = world.start("unseen.ipynb").holding(100);
        SimulatedNotebook killed = world.start("killed.ipynb").holding(100);
        world.run(A_WHILE);
        failed.loses(3, 1 << 8);
        unseen.loses(1, GroupUsage.UNKNOWN_END);
        killed.loses(1);
        world.oomKills += 5;

        world.run(A_WHILE);

        assertThat(failed.takenByKernel()).isZero();
        assertThat(unseen.takenByKernel()).isZero();
        assertThat(killed.takenByKernel()).as("the machine has memory left").isZero();
        assertThat(told()).singleElement().satisfies(event -> {
            assertThat(event.id()).isEmpty();
            assertThat(event.kills()).isEqualTo(5);
            assertThat(event.message())
                    .isEqualTo(
                            "The kernel's OOM killer took 5 processes somewhere on this machine, none that an execution"
                                    + " of this guard is known to have lost (oom_kill in simulation counts processes of"
                                    + " other software too)");
        });
        assertThat(world.loop.claimKernelOomKill()).as("it cannot be claimed").isEmpty();
    }

    @Test
    void whatDiedOfSigkillWhenTheMachinesMemoryWasUsedUpWasTaken() {
        Simulation world = new Simulation(16_384, Simulation.dryRun());
        world.oomCountedForMachine = true;
        SimulatedNotebook hog = world.start("hog.ipynb").holding(60);
        SimulatedNotebook failed = world.start("failed.ipynb").holding(900);
        world.run(A_WHILE);
        hog.holding(15_500);
        world.run(Duration.ofMillis(30));
        hog.loses(1);
        failed.loses(1, 1 << 8);
        world.oomKills++;

        world.run(A_WHILE);

        assertThat(hog.takenByKernel()).isEqualTo(1);
        assertThat(failed.takenByKernel()).isZero();
        assertThat(world.events(KernelOomKill.class)).singleElement().satisfies(event -> assertThat(event.message())
                .endsWith("]: the machine ran out of memory (oom_kill in simulation)"));
    }
}
