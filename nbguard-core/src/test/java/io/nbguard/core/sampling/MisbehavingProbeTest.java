package io.nbguard.core.sampling;

import static io.nbguard.core.sampling.Simulation.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.event.GuardEvent.PluginMisbehaved;
import io.nbguard.api.event.GuardEvent.PluginMisbehaved.Fault;
import io.nbguard.api.event.GuardEvent.ReadingRestored;
import io.nbguard.core.measure.OpenProbe;
import io.nbguard.spi.probe.Gauge;
import io.nbguard.spi.probe.NodeGauges;
import io.nbguard.spi.probe.ProbeSession;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Probes of others that break their contract: the next best is read, the hog is ended in time, each fault is told once. */
@Timeout(120)
class MisbehavingProbeTest {

    /** Where no probe blocks, a busy machine is not to be mistaken for a slow probe. */
    private static final Duration LONG = Duration.ofSeconds(20);

    /** What a probe does wrong. */
    enum Wrong {
        EXCEPTION(Fault.THREW),
        ERROR(Fault.THREW),
        OUT_OF_MEMORY(Fault.THREW),
        NEGATIVE(Fault.INVALID_ANSWER),
        NO_LIMIT_AT_ALL(Fault.INVALID_ANSWER),
        LESS_THAN_EXECUTIONS_HOLD(Fault.INVALID_ANSWER),
        NO_REASON(Fault.INVALID_ANSWER),
        BLOCKS(Fault.TOO_SLOW);

        private final Fault fault;

        Wrong(Fault fault) {
            this.fault = fault;
        }
    }

    @ParameterizedTest
    @EnumSource
    void whateverAProbeDoesTheHogIsEndedAndTheFaultIsToldOnce(Wrong wrong) {
        CountDownLatch over = new CountDownLatch(1);
        Simulation world = new Simulation(
                4_096,
                it -> it,
                wrong == Wrong.BLOCKS ? LoopParts.TIMEOUT : LONG,
                List.of(new OpenProbe("theirs", probe(gauges -> misbehave(wrong, gauges, over)))));
        world.start("calm.ipynb").holding(400);
        SimulatedNotebook hog = world.start("hog.ipynb").holding(200);
        world.run(Duration.ofSeconds(5));
        hog.growing(1e9);

        world.run(Duration.ofSeconds(10));

        assertThat(hog.kills()).isEqualTo(1);
        assertThat(world.peakBytes).isLessThan(world.limitBytes);
        assertThat(world.events(PluginMisbehaved.class)).singleElement().satisfies(told -> {
            assertThat(told.kind()).isEqualTo("resource probe");
            assertThat(told.plugin()).isEqualTo("theirs");
            assertThat(told.fault()).isEqualTo(wrong.fault);
            assertThat(told.message()).contains("the next best probe is read");
        });
        over.countDown();
        world.loop.close();
    }

    @Test
    void aProbeThatIsRightIsNotBlamedWhenAHeavyNotebookEnds() {
        AtomicReference<Simulation> node = new AtomicReference<>();
        Simulation world = new Simulation(4_096, it -> it, LONG, List.of(new OpenProbe("theirs", probe(gauges -> {
            Simulation now = node.get();
            fill(gauges, now == null ? 0 : now.unreclaimable(), 2_000 * MIB);
        }))));
        node.set(world);
        SimulatedNotebook heavy = world.start("heavy.ipynb").holding(1_200);
        world.run(Duration.ofSeconds(5));

        heavy.holding(1);
        world.run(Duration.ofSeconds(5));

        assertThat(world.events(PluginMisbehaved.class)).isEmpty();
    }

    @Test
    void aProbeThatIsWellAgainIsReadAgainAndThatIsTold() {
        AtomicBoolean broken = new AtomicBoolean(true);
        AtomicReference<Simulation> node = new AtomicReference<>();
        Simulation world = new Simulation(4_096, it -> it, LONG, List.of(new OpenProbe("theirs", probe(gauges -> {
            if (broken.get()) {
                throw new IllegalStateException("not now");
            }
            fill(gauges, node.get().unreclaimable(), 2_000 * MIB);
        }))));
        node.set(world);
        world.run(Duration.ofSeconds(5));
        assertThat(world.loop
                        .snapshot()
                        .node()
                        .memoryLimit()
                        .value()
                        .orElseThrow()
                        .bytes())
                .isEqualTo(4_096 * MIB);
        broken.set(false);

        world.run(Duration.ofSeconds(20));

        assertThat(world.loop
                        .snapshot()
                        .node()
                        .memoryLimit()
                        .value()
                        .orElseThrow()
                        .bytes())
                .isEqualTo(2_000 * MIB);
        assertThat(world.events(PluginMisbehaved.class)).hasSize(1);
        assertThat(world.events(ReadingRestored.class))
                .extracting(ReadingRestored::quantity)
                .contains("resource probe theirs");
        SimulatedNotebook hog = world.start("hog.ipynb").growing(200e6);
        world.run(Duration.ofSeconds(10));
        assertThat(hog.kills()).isEqualTo(1);
        assertThat(world.peakBytes).isLessThan(2_000 * MIB);
        world.loop.close();
    }

    @Test
    void aProbeOfOursThatThrowsGivesWayToTheNextAndTheLoopGoesOn() {
        Simulation world = new Simulation(4_096, it -> it, LONG, List.of(OpenProbe.own(probe(gauges -> {
            throw new IllegalStateException("broken");
        }))));
        SimulatedNotebook hog = world.start("hog.ipynb").growing(1e9);

        world.run(Duration.ofSeconds(10));

        assertThat(hog.kills()).isEqualTo(1);
        assertThat(world.events(PluginMisbehaved.class)).hasSize(1);
    }

    @Test
    void withNoProbeThatAnswersAMemoryBudgetIsHeldAllTheSame() {
        Simulation world = new Simulation(4_096, Simulation.budget(1_000));
        world.probeFailure = new IllegalStateException("broken");
        SimulatedNotebook hog = world.start("hog.ipynb").growing(100e6);

        world.run(Duration.ofSeconds(20));

        assertThat(hog.kills()).isEqualTo(1);
        assertThat(world.loop.snapshot().node().memoryRaw().value()).isEmpty();
    }

    private static void misbehave(Wrong wrong, NodeGauges into, CountDownLatch over) {
        switch (wrong) {
            case EXCEPTION -> throw new IllegalStateException("broken");
            case ERROR -> throw new StackOverflowError("deep");
            case OUT_OF_MEMORY -> throw new OutOfMemoryError("as if");
            case NEGATIVE -> fill(into, -5, 4_096 * MIB);
            case NO_LIMIT_AT_ALL -> fill(into, 500 * MIB, Long.MAX_VALUE);
            case LESS_THAN_EXECUTIONS_HOLD -> fill(into, 0, 4_096 * MIB);
            case NO_REASON -> {
                fill(into, 500 * MIB, 4_096 * MIB);
                into.unavailable(Gauge.MEMORY_FILE_CACHE, null, "theirs");
            }
            case BLOCKS -> await(over);
        }
    }

    private static void await(CountDownLatch latch) {
        boolean done = false;
        while (!done) {
            try {
                latch.await();
                done = true;
            } catch (InterruptedException e) {
                // The rudest of probes.
            }
        }
    }

    private static void fill(NodeGauges into, long current, long limit) {
        into.set(Gauge.MEMORY_CURRENT, current, "theirs");
        into.set(Gauge.MEMORY_LIMIT, limit, "theirs");
        into.set(Gauge.MEMORY_FILE_CACHE, 0, "theirs");
    }

    private static ProbeSession probe(Consumer<NodeGauges> reading) {
        return new ProbeSession() {
            @Override
            public void sample(NodeGauges into) {
                reading.accept(into);
            }

            @Override
            public void sampleMemory(NodeGauges into) {
                reading.accept(into);
            }

            @Override
            public String description() {
                return "theirs";
            }

            @Override
            public void close() {}
        };
    }
}
