package io.nbguard.core.sampling;

import static io.nbguard.core.sampling.Simulation.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.nbguard.api.event.GuardEvent.LoopLagged;
import io.nbguard.api.event.GuardEvent.Terminated;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How near to the threshold the loop sees the crossing, and what it spends on that. */
class FinalApproachTest {

    private static final int LIMIT = 16_384;
    private static final int THRESHOLD = 15_360;

    @ParameterizedTest
    @ValueSource(doubles = {0.5e9, 3e9, 6e9, 14e9})
    void aCrossingAtSpeedIsSeenWithinTwoTicks(double rate) {
        Simulation world = new Simulation(LIMIT);
        world.start("hog.ipynb").growing(rate);

        world.run(Duration.ofSeconds(35));

        Terminated told = world.events(Terminated.class).get(0);
        // A tick takes 3 µs in this world.
        assertThat(told.scenario().used().bytes() - THRESHOLD * MIB).isBetween(0L, (long) (2 * 3e-6 * rate));
    }

    /** Two threads with huge pages were seen to fill 18 GB/s, on a machine that was at rest the moment before. */
    @ParameterizedTest
    @ValueSource(doubles = {14e9, 18e9, 30e9})
    void aCrossingIsNotSleptThroughHoweverCalmItWasBefore(double rate) {
        for (int phase = 0; phase < 40; phase++) {
            Simulation world = new Simulation(4_096);
            SimulatedNotebook hog = world.start("hog.ipynb").holding(100);
            world.run(Duration.ofMillis(20_000 + 27 * phase));
            hog.growing(rate);

            world.run(Duration.ofSeconds(1));

            Terminated told = world.events(Terminated.class).get(0);
            assertThat(told.scenario().used().bytes()
                            - told.scenario().threshold().bytes())
                    .as("begun after %d ms", 20_000 + 27 * phase)
                    .isBetween(0L, (long) (2 * 3e-6 * rate));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {3e9, 14e9})
    void pageCacheThatFillsTheNodeChangesNothing(double rate) {
        Simulation world = new Simulation(LIMIT);
        world.cacheBytes = 12_000 * MIB;
        world.cacheGrowth = 2e9;
        world.start("hog.ipynb").growing(rate);

        world.run(Duration.ofSeconds(8));

        Terminated told = world.events(Terminated.class).get(0);
        assertThat(told.scenario().used().bytes() - THRESHOLD * MIB).isBetween(0L, (long) (2 * 3e-6 * rate));
    }

    @Test
    void useThatIsNearButDoesNotGrowIsLookedAtOnceAMillisecondAndNoMore() {
        Simulation world = new Simulation(LIMIT);
        world.othersBytes = (THRESHOLD - 4) * MIB;

        world.run(Duration.ofSeconds(5));

        assertThat(world.ticks).isLessThan(5 * 1_010);
    }

    @Test
    void growthThatStopsShortOfTheThresholdIsNotWaitedForAtFullSpeed() {
        Simulation world = new Simulation(LIMIT);
        SimulatedNotebook hog = world.start("hog.ipynb").growing(6e9);
        world.atEachStep = () -> {
            if (hog.heldBytes() > (THRESHOLD - 203) * MIB) {
                hog.growing(0);
            }
        };
        while (hog.heldBytes() <= (THRESHOLD - 203) * MIB) {
            world.run(Duration.ofMillis(1));
        }
        long before = world.ticks;

        world.run(Duration.ofSeconds(1));

        // One approach of 6 ms at 3 µs a tick, and a look each millisecond.
        assertThat(world.ticks - before).isLessThan(2_000 + 1_010);
        assertThat(hog.kills()).isZero();
    }

    @Test
    void itAllocatesNothing() {
        Simulation world = new Simulation(LIMIT, Simulation.budget(100_000));
        SimulatedNotebook hog = world.start("hog.ipynb");
        for (int i = 0; i < 20; i++) {
            world.start("n" + i + ".ipynb").holding(100);
        }
        approach(world, hog, 40);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(id);
        long ticks = approach(world, hog, 20);
        long allocated = threads.getThreadAllocatedBytes(id) - before;

        assertThat(ticks).isGreaterThan(10_000);
        assertThat(allocated).isLessThan(ticks);
        assertThat(world.kills()).isZero();
    }

    /** Grows to just below the threshold and shrinks again, so often; returns how many ticks were made without a pause. */
    private static long approach(Simulation world, SimulatedNotebook hog, int times) {
        long unpaused = 0;
        for (int i = 0; i < times; i++) {
            hog.holding(9_000);
            double bytes = 9_000 * MIB;
            long most = (THRESHOLD - 200 - 20 * 100) * MIB - 1;
            while (bytes < most) {
                long pause = world.loop.tick();
                unpaused += pause == 0 ? 1 : 0;
                long nanos = Math.max(3_000, pause);
                bytes = Math.min(most, bytes + 3e9 * nanos / 1e9);
                hog.holdingBytes(bytes);
                world.clock.advanceNanos(nanos);
            }
            world.clock.advanceNanos(1_000_000_000L);
        }
        return unpaused;
    }

    @Test
    void beingFortyMillisecondsLateIsToldNearTheLimitAndNotFarFromIt() {
        Simulation far = new Simulation(2 * LIMIT);
        far.run(Duration.ofSeconds(3));
        far.clock.advanceNanos(far.loop.tick() + 40_000_000L);
        far.loop.tick();
        assertThat(far.events(LoopLagged.class)).isEmpty();

        Simulation near = new Simulation(LIMIT);
        near.othersBytes = (THRESHOLD - 30) * MIB;
        near.run(Duration.ofSeconds(3));
        near.clock.advanceNanos(near.loop.tick() + 40_000_000L);
        near.loop.tick();

        assertThat(near.events(LoopLagged.class)).hasSize(1);
        assertThat(near.loop.snapshot().safety().reaction()).isGreaterThan(Duration.ofMillis(37));
    }
}
