package io.nbguard.benchmarks.jmh;

import io.nbguard.benchmarks.peer.NbguardMonitor;
import io.nbguard.spi.UnavailableException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One sample of 20 trees × 5 processes, back to back. */
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH calls @Setup first
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class TickBenchmark {

    /** How nbguard is set. */
    @Param
    public NbguardMonitor.Mode mode;

    private NbguardMonitor nbguard;

    /** Attaches to the trees. */
    @Setup(Level.Trial)
    public void attach(RigState state) throws IOException, UnavailableException {
        nbguard = new NbguardMonitor(state.rig.trees(), mode);
    }

    /** Lets go. */
    @TearDown(Level.Trial)
    public void detach() {
        nbguard.close();
    }

    /** One tick. */
    @Benchmark
    public void tick() {
        nbguard.tick();
    }
}
