package io.nbguard.core.sampling;

import static io.nbguard.core.sampling.Simulation.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.watchdog.Candidate;
import io.nbguard.api.watchdog.KillScenario;
import java.time.Duration;
import java.util.Comparator;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What must hold in every world, tried in thousands of random ones; a failure names the seed that makes it again. More of
 * them: {@code -Dnbguard.worlds=100000}.
 */
@Tag("slow")
class RandomWorldsTest {

    private static final int WORLDS = Integer.getInteger("nbguard.worlds", 1_000);
    private static final int LIMIT = 16_384;
    private static final int THRESHOLD = 15_360;

    @Test
    void whereUseIsNeverSeenTwiceBeyondTheThresholdNoExecutionIsKilled() {
        for (int seed = 0; seed < WORLDS; seed++) {
            Random random = new Random(seed);
            Simulation world = new Simulation(LIMIT);
            if (random.nextInt(3) == 0) {
                world.latest = Duration.ofMillis(1 + random.nextInt(900));
                world.lateness = new Random(seed);
            }

            live(world, random);

            assertThat(world.kills()).as("kills in world %d", seed).isZero();
            assertThat(world.emergencies).as("emergencies in world %d", seed).isEmpty();
        }
    }

    private static void live(Simulation world, Random random) {
        switch (random.nextInt(6)) {
            case 0 -> floodOfCache(world, random);
            case 1 -> filesReadTwice(world, random);
            case 2 -> forksOfABigParent(world, random);
            case 3 -> limitRaisedInTime(world, random);
            case 4 -> spikeBelowTheThreshold(world, random);
            default -> spikeThatIsGoneAtTheSecondLook(world, random);
        }
    }

    /** Starts some notebooks, forked pools among them, that hold so much together. */
    private static void crowd(Simulation world, Random random, long mebibytes) {
        long left = mebibytes;
        for (int i = 0; i < 1 + random.nextInt(6); i++) {
            long share = random.nextLong(left / 2 + 1);
            int workers = 1 + random.nextInt(8);
            // Forked pools whose RSS sums are far beyond the limit are part of it.
            world.start("n" + i).holding(share / 4 / workers).sharing(share / 2, workers);
            left -= share;
        }
    }

    private static void floodOfCache(Simulation world, Random random) {
        crowd(world, random, THRESHOLD - 400);
        world.cacheBytes = random.nextLong(8_000) * MIB;
        world.cacheGrowth = random.nextDouble() * 10e9;
        world.run(Duration.ofSeconds(2));
    }

    /** A table is read from files, made smaller, and read again: cache grows, private memory rises, falls and rises. */
    private static void filesReadTwice(Simulation world, Random random) {
        crowd(world, random, 4_000);
        long table = 4_000 + random.nextInt(6_500);
        double rate = 0.3e9 + random.nextDouble() * 6e9;
        SimulatedNotebook reader = world.start("reader");
        for (int reading = 0; reading < 2; reading++) {
            world.cacheGrowth = 1e9 + random.nextDouble() * 3e9;
            reader.growing(rate);
            world.run(Duration.ofNanos((long) (table * MIB / rate * 1e9 / 2)));
            reader.growing(-rate);
            world.run(Duration.ofNanos((long) (table * MIB / rate * 1e9 / 4)));
        }
        reader.growing(0);
        world.run(Duration.ofMillis(300));
    }

    private static void forksOfABigParent(Simulation world, Random random) {
        crowd(world, random, 3_000);
        world.start("parent")
                .holding(random.nextInt(20))
                .sharing(1_000 + random.nextInt(9_000), 11)
                .touching(random.nextDouble() * 20e9);
        world.run(Duration.ofSeconds(2));
    }

    private static void limitRaisedInTime(Simulation world, Random random) {
        double rate = random.nextDouble() * 3e9;
        SimulatedNotebook grower = world.start("grower").holding(random.nextInt(4_000));
        grower.growing(rate);
        long room = THRESHOLD - 300 - world.unreclaimable() / MIB;
        long millis = (long) Math.min(2_000, room * MIB / Math.max(1, rate) * 1e3);
        world.run(Duration.ofMillis(random.nextLong(millis + 1)));
        world.limitBytes += 10_000 * MIB;
        world.run(Duration.ofSeconds(2));
    }

    private static void spikeBelowTheThreshold(Simulation world, Random random) {
        crowd(world, random, 8_000);
        world.run(Duration.ofMillis(random.nextInt(1_500)));
        long calm = world.othersBytes;
        long height = THRESHOLD * MIB - 1 - world.unreclaimable();
        long millis = 1 + random.nextInt(900);
        boolean steep = random.nextBoolean();
        for (long i = 1; i <= millis; i++) {
            world.othersBytes = calm + (steep ? height : height * i / millis);
            world.run(Duration.ofMillis(1));
        }
        world.othersBytes = calm;
        world.run(Duration.ofSeconds(1));
    }

    /** The meanest spike: beyond the threshold exactly when it is looked at, and gone before an execution could be ended. */
    private static void spikeThatIsGoneAtTheSecondLook(Simulation world, Random random) {
        crowd(world, random, 8_000);
        world.cacheBytes = random.nextLong(4_000) * MIB;
        world.run(Duration.ofMillis(random.nextInt(1_500)));
        long calm = world.othersBytes;
        world.whenSeenBeyond = () -> world.othersBytes = calm;
        for (int i = 0; i < 20; i++) {
            world.othersBytes = THRESHOLD * MIB + random.nextInt(900) * MIB;
            world.run(Duration.ofMillis(1 + random.nextInt(100)));
        }
        world.othersBytes = calm;
        world.run(Duration.ofMillis(200));
    }

    @Test
    void whateverGrowsTheNodeLivesAndEachVictimIsTheHeaviestOfItsMoment() {
        for (int seed = 0; seed < WORLDS / 10; seed++) {
            Random random = new Random(seed);
            Simulation world = new Simulation(LIMIT);
            int count = 1 + random.nextInt(4);
            for (int i = 0; i < count; i++) {
                world.start("n" + i)
                        .holding(random.nextInt(3_000))
                        .growing(random.nextBoolean() ? 0 : random.nextDouble() * 6e9 / count);
            }

            world.run(Duration.ofSeconds(8));

            assertThat(world.peakBytes).as("peak in world %d", seed).isLessThan(LIMIT * MIB);
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

    /**
     * Hogs that know the figure and fill as fast, all together, as it says can be survived: several at once, forked ones
     * among them, in nodes of all sizes, with a loop that is late, and trackers that cannot freeze.
     */
    @Test
    void atTheRateThatIsToldToBeSurvivableTheLimitIsNeverReached() {
        int kills = 0;
        for (int seed = 0; seed < WORLDS / 10; seed++) {
            Random random = new Random(seed);
            int limit = 2_000 + random.nextInt(30_000);
            Simulation world = new Simulation(limit);
            world.latest = Duration.ofMillis(random.nextInt(60));
            world.lateness = new Random(seed);
            int hogs = 1 + random.nextInt(5);
            for (int i = 0; i < hogs; i++) {
                int workers = random.nextBoolean() ? 1 : 1 + random.nextInt(6);
                long share = limit / 2 / hogs;
                SimulatedNotebook hog = world.start("hog" + i)
                        .holding(random.nextLong(share) / workers)
                        .sharing(workers == 1 ? 0 : random.nextLong(share / 2 + 1), workers);
                if (random.nextInt(3) > 0) {
                    hog.unfreezable();
                }
            }
            world.run(Duration.ofSeconds(5));
            world.atEachStep = () -> {
                double told = world.loop
                        .snapshot()
                        .safety()
                        .survivableFillPerSecond()
                        .value()
                        .orElseThrow()
                        .bytes();
                long running = world.notebooks.stream()
                        .filter(SimulatedNotebook::mayBeCondemned)
                        .count();
                world.notebooks.forEach(hog -> hog.growingInAll(told / Math.max(1, running)));
            };

            world.run(Duration.ofSeconds(6));

            assertThat(world.peakBytes).as("peak in world %d", seed).isLessThan(limit * MIB);
            assertThat(world.emergencies).as("emergencies in world %d", seed).isEmpty();
            kills += world.kills();
        }
        assertThat(kills).isGreaterThan(WORLDS / 10);
    }
}
