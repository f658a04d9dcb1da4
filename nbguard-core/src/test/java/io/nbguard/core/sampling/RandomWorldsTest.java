package io.nbguard.core.sampling;

import static io.nbguard.core.sampling.Simulation.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.Candidate;
import io.nbguard.api.GuardEvent;
import io.nbguard.api.KillScenario;
import java.time.Duration;
import java.util.Comparator;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What must hold in every world, tried in thousands of random ones; a failure names the seed that makes it again. */
class RandomWorldsTest {

    private static final int WORLDS = 3_000;

    @Test
    void whereUseNeverReachesTheThresholdNobodyIsEverKilled() {
        for (int seed = 0; seed < WORLDS; seed++) {
            Random random = new Random(seed);
            Simulation world = new Simulation(16_384);
            long left = 15_000 - 200;
            for (int i = 0; i < 1 + random.nextInt(6); i++) {
                long share = random.nextLong(left / 2 + 1);
                int workers = 1 + random.nextInt(8);
                // Forked pools whose RSS sums are far beyond the limit are part of it.
                world.start("n" + i).holding(share / 4 / workers).sharing(share / 2, workers);
                left -= share;
            }
            world.cacheBytes = random.nextLong(8_000) * MIB;
            world.cacheGrowth = random.nextDouble() * 3e9;
            if (random.nextInt(4) == 0) {
                world.run(Duration.ofSeconds(1));
                world.limitBytes += random.nextInt(4_000) * MIB;
            }

            world.run(Duration.ofSeconds(2));

            assertThat(world.kills()).as("kills in world %d", seed).isZero();
            assertThat(world.emergencies).as("emergencies in world %d", seed).isEmpty();
        }
    }

    @Test
    void whateverGrowsTheContainerLivesAndEachVictimIsTheHeaviestOfItsMoment() {
        for (int seed = 0; seed < WORLDS / 10; seed++) {
            Random random = new Random(seed);
            Simulation world = new Simulation(16_384);
            int count = 1 + random.nextInt(4);
            for (int i = 0; i < count; i++) {
                world.start("n" + i)
                        .holding(random.nextInt(3_000))
                        .growing(random.nextBoolean() ? 0 : random.nextDouble() * 6e9 / count);
            }

            world.run(Duration.ofSeconds(8));

            assertThat(world.peakBytes).as("peak in world %d", seed).isLessThan(16_384 * MIB);
            for (GuardEvent.Terminated told : world.events(GuardEvent.Terminated.class)) {
                KillScenario scenario = told.scenario();
                assertThat(scenario.used()).isGreaterThanOrEqualTo(scenario.threshold());
                assertThat(scenario.candidates().stream()
                                .max(Comparator.comparing(Candidate::memory))
                                .orElseThrow()
                                .id())
                        .as("victim in world %d", seed)
                        .isEqualTo(scenario.victim());
            }
            assertThat(world.emergencies).as("emergencies in world %d", seed).isEmpty();
            assertThat(world.notebooks)
                    .allSatisfy(notebook -> assertThat(notebook.kills()).isLessThanOrEqualTo(1));
        }
    }
}
