package io.nbguard.core.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Memory that belongs to no process: who holds it open is the one to end. */
class UnmappedMemoryTest {

    private static final Duration A_WHILE = Duration.ofSeconds(3);

    private final Simulation world = new Simulation(16_384);

    @Test
    void theHolderOfUnmappedMemoryIsEndedAndNotTheHeaviestByRss() {
        SimulatedNotebook innocent = world.start("innocent.ipynb").holding(900);
        SimulatedNotebook hoarder = world.start("hoarder.ipynb").holding(60).holdingUnmapped(10_000);
        world.run(A_WHILE);
        hoarder.holdingUnmapped(14_500);

        world.run(A_WHILE);

        assertThat(hoarder.kills()).isEqualTo(1);
        assertThat(innocent.kills()).isZero();
        assertThat(hoarder.scenario().candidates().get(0).usage().memory().bytes() / Simulation.MIB)
                .isEqualTo(14_560);
        assertThat(hoarder.scenario().rationale()).isEqualTo("heaviest, holds 14.2 GiB");
    }

    @Test
    void itIsNotLookedForWhereItCouldNotChangeTheChoice() {
        SimulatedNotebook heavy = world.start("heavy.ipynb").holding(14_000);
        SimulatedNotebook light = world.start("light.ipynb").holding(500);
        world.run(A_WHILE);
        heavy.holding(15_000);

        world.run(A_WHILE);

        assertThat(heavy.kills()).isEqualTo(1);
        assertThat(heavy.unmappedReadings() + light.unmappedReadings()).isZero();
    }

    @Test
    void itIsNeverLookedForBelowTheThreshold() {
        SimulatedNotebook hoarder = world.start("hoarder.ipynb").holding(60).holdingUnmapped(10_000);
        world.start("innocent.ipynb").holding(900);

        world.run(Duration.ofSeconds(30));

        assertThat(hoarder.unmappedReadings()).isZero();
        assertThat(world.kills()).isZero();
    }
}
