package io.nbguard.core.sampling;

import static io.nbguard.core.sampling.Simulation.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.event.GuardEvent.KillConfirmed;
import io.nbguard.api.event.GuardEvent.KillWithheld;
import io.nbguard.api.event.GuardEvent.Terminated;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** From the signal to the next kill: one at a time, the next as soon as it must be, and none that need not be. */
class FollowingAKillTest {

    @Test
    void aBigVictimThatTakesItsTimeToDieIsNotFollowedByASecond() {
        Simulation world = new Simulation(16_384);
        SimulatedNotebook big = world.start("big.ipynb").holding(6_000).growing(2e9);
        SimulatedNotebook other = world.start("other.ipynb").holding(5_500).growing(50e6);
        // What others take meanwhile keeps use beyond the threshold.
        world.atEachStep = () -> world.othersBytes = (big.kills() > 0 ? 900 : 200) * MIB;

        world.run(Duration.ofSeconds(8));

        assertThat(big.kills()).isEqualTo(1);
        assertThat(other.kills()).isZero();
        assertThat(world.events(KillWithheld.class))
                .extracting(KillWithheld::message)
                .anyMatch(text -> text.matches("a kill is under way: big.ipynb is dying; when it has given back all, "
                        + "[5-6]\\.\\d GiB will be in use, which is enough"));
    }

    @Test
    void theVictimsDeathIsSeenInItsProcessesAndNotOnlyWhenItsRunHasConfirmedIt() {
        Simulation world = new Simulation(4_096);
        world.start("hog.ipynb").growing(1e9).dyingWithin(Duration.ofMillis(40));

        world.run(Duration.ofSeconds(6));

        assertThat(world.events(KillConfirmed.class)).singleElement().satisfies(event -> {
            assertThat(event.took()).isBetween(Duration.ofMillis(40), Duration.ofMillis(44));
            assertThat(event.freed().bytes()).isGreaterThan(3_500 * MIB);
        });
    }

    @Test
    void whereOneWasNotEnoughTheNextFollowsAtTheNextLook() {
        Simulation world = new Simulation(16_384);
        world.start("first.ipynb").holding(1_500);
        world.start("second.ipynb").holding(1_400);
        world.run(Duration.ofSeconds(2));
        world.othersBytes = 14_400 * MIB;

        world.run(Duration.ofSeconds(2));

        List<GuardEvent> told = world.events.stream()
                .filter(it -> it instanceof Terminated || it instanceof KillConfirmed)
                .toList();
        assertThat(told).hasSize(4);
        assertThat(told.get(1)).isInstanceOf(KillConfirmed.class);
        assertThat(told.get(2)).isInstanceOf(Terminated.class);
        assertThat(Duration.between(told.get(1).at(), told.get(2).at())).isLessThan(Duration.ofMillis(5));
        assertThat(world.events(KillWithheld.class))
                .extracting(KillWithheld::message)
                .anyMatch(text -> text.endsWith("so the next is ended as soon as it is dead"));
    }

    @Test
    void severalHogsAtFullRateAreEndedOneAfterTheOtherBeforeTheLimitIsReached() {
        Simulation world = new Simulation(16_384);
        for (int i = 0; i < 4; i++) {
            world.start("hog" + i + ".ipynb").holding(500).growing(1.2e9);
        }

        world.run(Duration.ofSeconds(20));

        assertThat(world.kills()).isEqualTo(4);
        assertThat(world.peakBytes).isLessThan(16_384 * MIB);
        int underWay = 0;
        for (GuardEvent event : world.events) {
            underWay += event instanceof Terminated ? 1 : event instanceof KillConfirmed ? -1 : 0;
            assertThat(underWay).isBetween(0, 1);
        }
    }

    @Test
    void aForkedPoolThatGivesBackLessThanItsRssIsNotWaitedFor() {
        Simulation world = new Simulation(4_096);
        SimulatedNotebook pool = world.start("pool.ipynb").sharing(1_500, 6);
        SimulatedNotebook hog = world.start("hog.ipynb").holding(1_000).growing(1.5e9);
        world.start("second.ipynb").holding(900);

        world.run(Duration.ofSeconds(3));

        assertThat(world.peakBytes).isLessThan(4_096 * MIB);
        assertThat(hog.kills()).isEqualTo(1);
        assertThat(pool.kills()).isLessThanOrEqualTo(1);
    }
}
