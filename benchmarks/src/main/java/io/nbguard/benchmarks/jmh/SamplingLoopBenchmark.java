package io.nbguard.benchmarks.jmh;

import io.nbguard.api.GuardClock;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.benchmarks.peer.NbguardMonitor;
import io.nbguard.benchmarks.peer.Probes;
import io.nbguard.core.measure.OpenProbe;
import io.nbguard.core.policy.HeaviestPolicy;
import io.nbguard.core.sampling.SamplingLoop;
import io.nbguard.core.watchdog.WatchdogConfig;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.probe.ProbeSession;
import io.nbguard.spi.process.ProcessGroup;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A tick of the whole loop over 20 trees × 5 processes: reading, rates, the watchdog's decision, the frame for snapshots. */
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH calls @Setup first
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class SamplingLoopBenchmark {

    /** Not public, because hosts have no business with it; the loop's own thread would add its pauses. */
    private static final MethodHandle TICK = tickOfTheLoop();

    /** More than this machine has: what a node's limit and a budget ask for is done, and nothing comes of it. */
    private static final ByteSize AMPLE = ByteSize.ofBytes(1L << 50);

    private final SteppedClock clock = new SteppedClock();
    private NbguardMonitor nbguard;
    private List<ProbeSession> probes;
    private SamplingLoop loop;

    /** Watches the trees. */
    @Setup(Level.Trial)
    public void watch(RigState state) throws IOException, UnavailableException {
        nbguard = new NbguardMonitor(state.rig.trees(), NbguardMonitor.Mode.USAGE);
        probes = Probes.open();
        WatchdogConfig defaults = WatchdogConfig.DEFAULTS;
        WatchdogConfig config = new WatchdogConfig(
                defaults.interval(),
                defaults.warnAt(),
                defaults.stopAdmittingAt(),
                defaults.killAt(),
                Optional.of(AMPLE),
                Optional.of(AMPLE),
                defaults.coolDown(),
                defaults.killTimeout(),
                true);
        loop = new SamplingLoop(
                config,
                probes.stream().map(OpenProbe::own).toList(),
                nbguard.session(),
                List.of(new HeaviestPolicy()),
                event -> {},
                clock,
                Thread::new);
        for (ProcessGroup group : nbguard.groups()) {
            loop.watch(new WatchedTree(group));
        }
    }

    /** Lets go. */
    @TearDown(Level.Trial)
    public void end() {
        loop.close();
        probes.forEach(ProbeSession::close);
        nbguard.close();
    }

    /** The tick that is made once a second: the node and every process at full depth. */
    @Benchmark
    public long wholeTick() throws Throwable {
        clock.nanos += WatchdogConfig.DEFAULTS.interval().toNanos();
        return (long) TICK.invokeExact(loop);
    }

    /** A tick between two of those, as near the limit: the node's use only. */
    @Benchmark
    public long nodeTick() throws Throwable {
        clock.nanos++;
        return (long) TICK.invokeExact(loop);
    }

    private static MethodHandle tickOfTheLoop() {
        try {
            return MethodHandles.privateLookupIn(SamplingLoop.class, MethodHandles.lookup())
                    .findVirtual(SamplingLoop.class, "tick", MethodType.methodType(long.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Time that stands still between ticks. */
    private static final class SteppedClock implements GuardClock {

        private long nanos = 1;

        @Override
        public long nanoTime() {
            return nanos;
        }

        @Override
        public Instant instant() {
            return Instant.EPOCH;
        }
    }
}
