package io.nbguard.core.sampling;

import static io.nbguard.core.sampling.Simulation.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.event.GuardEvent;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When ending one execution at a time is not enough, and when it is; in virtual time. */
class EmergencyRuleTest {

    private static final long LIMIT = 4_096;
    private static final Duration KILL_TIMEOUT = Duration.ofMillis(5_500);

    @Test
    void twoVictimsInARowThatDoNotDieAreAnEmergency() {
        Simulation world = new Simulation(LIMIT);
        world.start("stuck.ipynb").holding(2_000).immortal();
        world.start("stuck-too.ipynb").holding(1_700).immortal();
        world.start("third.ipynb").holding(10);
        world.run(KILL_TIMEOUT);
        assertThat(world.emergencies).as("one given up").isEmpty();

        world.run(KILL_TIMEOUT);

        assertThat(world.events(GuardEvent.KillUnconfirmed.class)).hasSize(2);
        assertThat(world.emergencies)
                .singleElement()
                .asString()
                .isEqualTo("the node holds 3.8 GiB of 4.0 GiB, and 2 victims in a row did not die");
    }

    @Test
    void aVictimThatDoesNotDieIsNoEmergencyWhereTheNextOneDoes() {
        Simulation world = new Simulation(LIMIT);
        world.start("stuck.ipynb").holding(2_000).immortal();
        world.start("mortal.ipynb").holding(1_000);
        world.start("stuck-too.ipynb").holding(800).immortal();
        world.run(KILL_TIMEOUT);
        // The second victim's place is filled at once: the third is the second in a row only of those that were ended.
        world.othersBytes = 1_200 * MIB;

        world.run(Duration.ofSeconds(20));

        assertThat(world.events(GuardEvent.KillConfirmed.class)).hasSize(1);
        assertThat(world.events(GuardEvent.KillUnconfirmed.class)).hasSize(2);
        assertThat(world.emergencies).isEmpty();
    }

    @Test
    void useAtTheLastMarkWhileAVictimIsDyingForASecondIsAnEmergency() {
        Simulation world = new Simulation(LIMIT);
        world.start("stuck.ipynb").holding(1_000).immortal();
        world.run(Duration.ofSeconds(2));
        world.othersBytes = LIMIT * MIB * 995 / 1000 - 1_000 * MIB;
        while (world.kills() == 0) {
            world.run(Duration.ofMillis(10));
        }
        world.run(Duration.ofMillis(950));
        assertThat(world.emergencies).as("dying for less than a second").isEmpty();

        world.run(Duration.ofMillis(100));

        assertThat(world.emergencies)
                .singleElement()
                .asString()
                .startsWith("the node holds 4.0 GiB of 4.0 GiB, and stuck.ipynb was sent SIGKILL 10")
                .endsWith(" ms ago, and its memory does not come back");
        world.run(Duration.ofSeconds(20));
        assertThat(world.emergencies).as("ordered once").hasSize(1);
    }

    @Test
    void useBelowTheLastMarkIsNone() {
        Simulation world = new Simulation(LIMIT);
        world.start("stuck.ipynb").holding(1_000).immortal();
        world.othersBytes = LIMIT * MIB * 985 / 1000 - 1_000 * MIB;

        world.run(Duration.ofSeconds(20));

        assertThat(world.kills()).isEqualTo(1);
        assertThat(world.emergencies).isEmpty();
    }

    @Test
    void memoryThatOthersHoldIsNone() {
        Simulation world = new Simulation(LIMIT);
        world.othersBytes = LIMIT * MIB;

        world.run(Duration.ofSeconds(20));

        assertThat(world.emergencies).isEmpty();
    }

    @Test
    void aBudgetThatCannotBeKeptIsNone() {
        Simulation world = new Simulation(LIMIT, Simulation.budget(1_000));
        world.start("stuck.ipynb").holding(700).immortal();
        world.start("stuck-too.ipynb").holding(600).immortal();

        world.run(Duration.ofSeconds(20));

        assertThat(world.events(GuardEvent.KillUnconfirmed.class)).hasSize(2);
        assertThat(world.emergencies).isEmpty();
    }

    @Test
    void aNewEmergencyIsOrderedWhenTheFirstWasOver() {
        Simulation world = new Simulation(LIMIT);
        SimulatedNotebook first = world.start("stuck.ipynb").holding(4_000).immortal();
        world.run(Duration.ofSeconds(4));
        assertThat(world.emergencies).hasSize(1);
        first.exit(io.nbguard.api.execution.ExecutionState.KILLED);
        world.run(Duration.ofSeconds(4));
        world.start("stuck-too.ipynb").holding(4_000).immortal();

        world.run(Duration.ofSeconds(4));

        assertThat(world.emergencies).hasSize(2);
    }

    @Test
    void anOrderThatCouldNotBeGivenIsGivenAgain() {
        Simulation world = new Simulation(LIMIT);
        int[] attempts = new int[1];
        world.loop.onEmergency(reason -> {
            if (++attempts[0] < 3) {
                throw new OutOfMemoryError("no memory for a thread");
            }
            world.emergencies.add(reason);
        });
        world.start("stuck.ipynb").holding(4_000).immortal();

        world.run(Duration.ofSeconds(6));

        assertThat(attempts[0]).isEqualTo(3);
        assertThat(world.emergencies).hasSize(1);
    }
}
