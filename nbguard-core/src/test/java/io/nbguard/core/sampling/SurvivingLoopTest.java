package io.nbguard.core.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.GuardClock;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.event.GuardEvent.LoopRestarted;
import io.nbguard.api.event.GuardEvent.PluginMisbehaved;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.measure.Reading;
import io.nbguard.api.snapshot.LoopHealth;
import io.nbguard.core.fixture.Eventually;
import io.nbguard.core.fixture.FakeTracker;
import io.nbguard.core.measure.OpenProbe;
import io.nbguard.core.watchdog.WatchdogConfig;
import io.nbguard.spi.probe.Gauge;
import io.nbguard.spi.probe.NodeGauges;
import io.nbguard.spi.probe.ProbeSession;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What would end or hold up the sampling thread does not, and while it is held up that is visible to all callers. */
@Tag("slow")
@Timeout(120)
class SurvivingLoopTest {

    private static final long GIB = 1L << 30;

    private final Queue<GuardEvent> events = new ConcurrentLinkedQueue<>();
    private final AtomicLong used = new AtomicLong(GIB);
    private final CountDownLatch over = new CountDownLatch(1);
    private SamplingLoop loop;

    @AfterEach
    void end() {
        over.countDown();
        if (loop != null) {
            loop.close();
        }
    }

    @Test
    void aProbeThatThrowsInTheWarmUpDoesNotEndTheThread() {
        AtomicInteger calls = new AtomicInteger();
        start(List.of(OpenProbe.own(new Node() {
            @Override
            public void sample(NodeGauges into) {
                // The first call is the first tick's, the next ones are the warm-up's.
                if (calls.incrementAndGet() > 1) {
                    throw new OutOfMemoryError("as if");
                }
                super.sample(into);
            }
        })));

        long ticks = loop.snapshot().loop().ticks();
        Eventually.until("ticks go on", () -> loop.snapshot().loop().ticks() > ticks + 2);
    }

    @Test
    void aListenerThatThrowsWhenAdmittingBeginsAgainDoesNotEndTheThread() {
        used.set(15 * GIB - 1);
        loop = new SamplingLoop(
                WatchdogConfig.DEFAULTS,
                List.of(OpenProbe.own(new Node())),
                new FakeTracker(),
                List.of(),
                events::add,
                GuardClock.SYSTEM,
                SurvivingLoopTest::daemon);
        AtomicInteger heard = new AtomicInteger();
        loop.onAdmittingAgain(() -> {
            throw new OutOfMemoryError("as if");
        });
        loop.onAdmittingAgain(heard::incrementAndGet);
        loop.start();
        assertThat(loop.admitting()).isFalse();
        used.set(GIB);

        Eventually.until("admitting is told", () -> heard.get() == 1);
        long ticks = loop.snapshot().loop().ticks();
        Eventually.until("ticks go on", () -> loop.snapshot().loop().ticks() > ticks + 1);
    }

    @Test
    void whenTheThreadHangsAnotherTakesTheLoopOverAndTheHogIsEnded() {
        CountDownLatch hangs = new CountDownLatch(1);
        Node hanging = new Node() {
            @Override
            public void sample(NodeGauges into) {
                if (used.get() > 2 * GIB) {
                    hangs.countDown();
                    awaitTheEnd();
                }
                super.sample(into);
            }
        };
        start(List.of(OpenProbe.own(hanging), OpenProbe.own(new Node())));
        WarmUpExecution hog = new WarmUpExecution(GIB, System.nanoTime());
        loop.watch(hog);
        used.set(15 * GIB + 1);

        Eventually.until("the hog is ended", () -> hog.state() == ExecutionState.TERMINATING);

        assertThat(hangs.getCount()).isZero();
        Eventually.until("it is told", () -> told(LoopRestarted.class).size() == 1);
        assertThat(told(LoopRestarted.class).get(0).died()).isFalse();
        // The tick that has ended it may not be over yet.
        Eventually.until("the loop runs", () -> !loop.snapshot().loop().stalled());
        Eventually.until(
                "the probe is told of", () -> told(PluginMisbehaved.class).size() == 1);
        assertThat(told(PluginMisbehaved.class).get(0).message()).contains("has not answered");
        // The one that comes back finds that it was replaced.
        over.countDown();
        long ticks = loop.snapshot().loop().ticks();
        Eventually.until("ticks go on", () -> loop.snapshot().loop().ticks() > ticks + 5);
        Eventually.until("it is told", () -> told(LoopRestarted.class).size() == 1);
    }

    @Test
    void aCallerThatWaitsForATickOfAThreadThatHangsGetsOneOfTheThreadThatTakesOver() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        AtomicReference<Thread> sampling = new AtomicReference<>();
        Node hanging = new Node() {
            @Override
            public void sample(NodeGauges into) {
                if (used.get() > 2 * GIB && sampling.compareAndSet(null, Thread.currentThread())) {
                    hangs.countDown();
                    awaitTheEnd();
                }
                super.sample(into);
            }
        };
        start(List.of(OpenProbe.own(hanging)));
        CompletableFuture<Boolean> settled = new CompletableFuture<>();
        used.set(3 * GIB);
        hangs.await();
        daemon(() -> settled.complete(loop.settle(Duration.ofMinutes(10)))).start();

        assertThat(settled.get(60, TimeUnit.SECONDS)).isTrue();
        // Told by the thread that has seen it, while the new one ticks already.
        Eventually.until("it is told", () -> told(LoopRestarted.class).size() == 1);
    }

    @Test
    void aCallerThatWaitsForATickOfAThreadThatHangsIsToldWhenTheLoopIsClosed() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        Node hanging = new Node() {
            @Override
            public void sample(NodeGauges into) {
                if (used.get() > 2 * GIB) {
                    hangs.countDown();
                    awaitTheEnd();
                }
                super.sample(into);
            }
        };
        start(List.of(OpenProbe.own(hanging)));
        used.set(3 * GIB);
        hangs.await();
        CompletableFuture<Boolean> settled = new CompletableFuture<>();
        Thread waiting = daemon(() -> settled.complete(loop.settle(Duration.ofMinutes(10))));
        waiting.start();
        Eventually.until("it waits", () -> waiting.getState() == Thread.State.TIMED_WAITING);

        loop.close();

        assertThat(settled.get(60, TimeUnit.SECONDS)).isFalse();
    }

    @Test
    void healthIsReckonedWhenItIsReadSoThatALoopThatStandsStillCannotLookWell() {
        Simulation world = new Simulation(16_384);
        world.run(Duration.ofSeconds(2));
        LoopHealth well = world.loop.snapshot().loop();
        assertThat(well.stalled()).isFalse();
        assertThat(well.sinceLastTick()).isLessThan(Duration.ofMillis(1_100));
        assertThat(world.loop.snapshot().safety().survivableFillPerSecond()).isInstanceOf(Reading.Value.class);

        world.clock.advance(Duration.ofSeconds(9));

        LoopHealth standing = world.loop.snapshot().loop();
        assertThat(standing.ticks()).isEqualTo(well.ticks());
        assertThat(standing.sinceLastTick()).isGreaterThan(Duration.ofSeconds(8));
        assertThat(standing.stalled()).isTrue();
        assertThat(world.loop.snapshot().safety().survivableFillPerSecond()).isInstanceOf(Reading.Unavailable.class);

        world.loop.tick();

        assertThat(world.loop.snapshot().loop().stalled()).isFalse();
        assertThat(world.loop.snapshot().safety().survivableFillPerSecond()).isInstanceOf(Reading.Value.class);
    }

    private void start(List<OpenProbe> probes) {
        WatchdogConfig defaults = WatchdogConfig.DEFAULTS;
        loop = new SamplingLoop(
                new WatchdogConfig(
                        Duration.ofMillis(50),
                        defaults.warnAt(),
                        defaults.stopAdmittingAt(),
                        defaults.killAt(),
                        defaults.nodeLimit(),
                        defaults.memoryBudget(),
                        defaults.coolDown(),
                        defaults.killTimeout(),
                        false),
                probes,
                new FakeTracker(),
                List.of(),
                events::add,
                GuardClock.SYSTEM,
                SurvivingLoopTest::daemon);
        loop.start();
    }

    private <E extends GuardEvent> List<E> told(Class<E> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private void awaitTheEnd() {
        boolean done = false;
        while (!done) {
            try {
                over.await();
                done = true;
            } catch (InterruptedException e) {
                // The rudest of probes.
            }
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "surviving-loop");
        thread.setDaemon(true);
        return thread;
    }

    /** A node of 16 GiB. */
    private class Node implements ProbeSession {

        @Override
        public void sample(NodeGauges into) {
            sampleMemory(into);
            into.set(Gauge.MEMORY_LIMIT, 16 * GIB, "test");
            into.set(Gauge.MEMORY_FILE_CACHE, 0, "test");
        }

        @Override
        public void sampleMemory(NodeGauges into) {
            into.set(Gauge.MEMORY_CURRENT, used.get(), "test");
        }

        @Override
        public String description() {
            return "test";
        }

        @Override
        public void close() {}
    }
}
