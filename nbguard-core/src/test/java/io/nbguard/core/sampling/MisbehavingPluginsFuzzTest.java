package io.nbguard.core.sampling;

import static io.nbguard.core.sampling.Simulation.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.event.GuardEvent.PluginMisbehaved;
import io.nbguard.core.measure.OpenProbe;
import io.nbguard.spi.policy.KillPolicy;
import io.nbguard.spi.policy.KillSituation;
import io.nbguard.spi.policy.Victim;
import io.nbguard.spi.probe.Gauge;
import io.nbguard.spi.probe.NodeGauges;
import io.nbguard.spi.probe.ProbeSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random worlds in which a kill policy and a probe break their contract in a random way, beside a hog that fills as fast as is
 * told to be survivable: it is ended within the published reaction time, and every fault is told once. A failure names the
 * seed that makes it again. More of them: {@code -Dnbguard.worlds=100000}.
 */
@Tag("slow")
class MisbehavingPluginsFuzzTest {

    private static final int WORLDS = Integer.getInteger("nbguard.worlds", 1_000);

    /** How long plugins are waited for here, in real time; what blocks or is slow takes longer. */
    private static final Duration TIMEOUT = Duration.ofMillis(40);

    /** Where no plugin blocks, a busy machine is not to be mistaken for a slow plugin. */
    private static final Duration LONG = Duration.ofSeconds(60);

    private enum Wrong {
        NOTHING,
        THROWS,
        LIES,
        ALLOCATES,
        SLOW,
        BLOCKS;

        boolean takesTime() {
            return this == SLOW || this == BLOCKS;
        }
    }

    @Test
    @Timeout(600)
    void whateverPluginsDoTheHogIsEndedWithinTheReactionTimeAndEachFaultIsToldOnce() {
        for (int seed = 0; seed < WORLDS; seed++) {
            Random random = new Random(seed);
            // What blocks takes real time: one world in ten has it.
            Wrong policy = wrong(random);
            Wrong probe = wrong(random);
            live(seed, random, policy, probe);
        }
    }

    private static Wrong wrong(Random random) {
        return random.nextInt(20) == 0
                ? (random.nextBoolean() ? Wrong.SLOW : Wrong.BLOCKS)
                : Wrong.values()[random.nextInt(4)];
    }

    private static void live(int seed, Random random, Wrong policy, Wrong probe) {
        CountDownLatch over = new CountDownLatch(1);
        Duration timeout = policy.takesTime() || probe.takesTime() ? TIMEOUT : LONG;
        int limit = 2_000 + random.nextInt(14_000);
        Probe theirs = new Probe(probe, limit * MIB, over);
        Simulation world = new Simulation(
                limit, it -> it, timeout, List.of(new OpenProbe("their-probe", theirs)), new Policy(policy, over));
        theirs.world = world;
        try {
            SimulatedNotebook calm = world.start("calm.ipynb").holding(limit / 16 + random.nextInt(limit / 8));
            SimulatedNotebook hog = world.start("hog.ipynb").holding(limit / 4);
            world.run(Duration.ofMillis(2_500));
            world.atEachStep = () -> hog.growingInAll(hog.mayBeCondemned() ? survivable(world, timeout) : 0);
            if (policy.takesTime()) {
                // Real time passes while it is waited for, and none of the world's.
                world.whenCondemned = () -> world.pass(timeout);
            }
            for (int i = 0; i < 100 && hog.kills() == 0; i++) {
                world.run(Duration.ofMillis(100));
            }
            world.run(Duration.ofMillis(500));

            assertThat(hog.kills()).as("kills of the hog in world %d", seed).isEqualTo(1);
            assertThat(calm.kills()).as("kills of others in world %d", seed).isZero();
            assertThat(world.peakBytes)
                    .as("peak in world %d (%s policy, %s probe)", seed, policy, probe)
                    .isLessThan(limit * MIB);
            toldOnce(seed, world, policy, probe);
        } finally {
            over.countDown();
            world.loop.close();
        }
    }

    /** Returns how fast the hog may fill, in bytes per second, by what the loop tells. */
    private static double survivable(Simulation world, Duration timeout) {
        if (timeout.equals(TIMEOUT)) {
            return world.loop
                    .snapshot()
                    .safety()
                    .survivableFillPerSecond()
                    .value()
                    .orElseThrow()
                    .bytes();
        }
        // As a loop reports that waits for no plugin: here no plugin takes any time.
        return world.limitBytes / 16 * 0.75e9 / (6e6 + 0.03 * world.limitBytes);
    }

    private static void toldOnce(int seed, Simulation world, Wrong policy, Wrong probe) {
        toldOnce(seed, world, "kill policy", policy);
        toldOnce(seed, world, "resource probe", probe);
        assertThat(world.events(GuardEvent.ReadingDegraded.class))
                .as("failures of the loop itself in world %d", seed)
                .noneMatch(it -> it.quantity().equals("sampling loop"));
    }

    private static void toldOnce(int seed, Simulation world, String kind, Wrong wrong) {
        List<PluginMisbehaved> told = world.events(PluginMisbehaved.class).stream()
                .filter(it -> it.kind().equals(kind))
                .toList();
        assertThat(told)
                .as("%s that %s in world %d", kind, wrong, seed)
                .extracting(PluginMisbehaved::fault)
                .doesNotHaveDuplicates();
        // A machine that is busy with other things makes a plugin late that does not take any time itself.
        if (breaksItsContract(wrong)) {
            assertThat(told)
                    .as("%s that %s in world %d", kind, wrong, seed)
                    .isNotEmpty()
                    .filteredOn(it -> wrong.takesTime() || it.fault() != PluginMisbehaved.Fault.TOO_SLOW)
                    .hasSizeLessThan(2);
        } else {
            assertThat(told)
                    .as("%s that %s in world %d", kind, wrong, seed)
                    .allMatch(it -> it.fault() == PluginMisbehaved.Fault.TOO_SLOW);
        }
    }

    /** To allocate is bad manners, and nothing that could be found out. */
    private static boolean breaksItsContract(Wrong wrong) {
        return wrong != Wrong.NOTHING && wrong != Wrong.ALLOCATES;
    }

    private static void hold(Wrong wrong, CountDownLatch over) {
        boolean done = false;
        while (!done) {
            try {
                done = wrong == Wrong.BLOCKS ? awaited(over) : over.await(300, TimeUnit.MILLISECONDS) || true;
            } catch (InterruptedException e) {
                // The rudest of plugins.
            }
        }
    }

    private static boolean awaited(CountDownLatch over) throws InterruptedException {
        over.await();
        return true;
    }

    private static int allocate() {
        List<byte[]> waste = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            waste.add(new byte[16 * 1024]);
        }
        return waste.size();
    }

    private static final class Policy implements KillPolicy {

        private final Wrong wrong;
        private final CountDownLatch over;

        Policy(Wrong wrong, CountDownLatch over) {
            this.wrong = wrong;
            this.over = over;
        }

        @Override
        public String name() {
            return "their-policy";
        }

        @Override
        public Optional<Victim> choose(KillSituation situation) {
            switch (wrong) {
                case THROWS -> throw new IllegalStateException("broken");
                case LIES -> {
                    return Optional.of(new Victim(ExecutionId.random(), "no candidate"));
                }
                case ALLOCATES -> {
                    return allocate() > 0 ? Optional.empty() : Optional.of(new Victim(ExecutionId.random(), "?"));
                }
                case SLOW, BLOCKS -> hold(wrong, over);
                case NOTHING -> {}
            }
            return Optional.empty();
        }
    }

    private static final class Probe implements ProbeSession {

        private final Wrong wrong;
        private final long limitBytes;
        private final CountDownLatch over;
        private volatile Simulation world;

        Probe(Wrong wrong, long limitBytes, CountDownLatch over) {
            this.wrong = wrong;
            this.limitBytes = limitBytes;
            this.over = over;
        }

        @Override
        public void sample(NodeGauges into) {
            sampleMemory(into);
            into.set(Gauge.MEMORY_LIMIT, limitBytes, "theirs");
            into.set(Gauge.MEMORY_FILE_CACHE, 0, "theirs");
        }

        @Override
        public void sampleMemory(NodeGauges into) {
            into.set(Gauge.MEMORY_CURRENT, world.unreclaimable(), "theirs");
            switch (wrong) {
                case THROWS -> throw new IllegalStateException("broken");
                case LIES -> into.set(Gauge.MEMORY_CURRENT, -5, "theirs");
                case ALLOCATES ->
                    into.set(Gauge.MEMORY_CURRENT, world.unreclaimable() + (allocate() > 0 ? 0 : 1), "theirs");
                case SLOW, BLOCKS -> hold(wrong, over);
                case NOTHING -> {}
            }
        }

        @Override
        public String description() {
            return "theirs";
        }

        @Override
        public void close() {}
    }
}
