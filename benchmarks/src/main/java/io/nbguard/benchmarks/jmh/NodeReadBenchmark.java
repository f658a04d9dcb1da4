package io.nbguard.benchmarks.jmh;

import io.nbguard.benchmarks.peer.Probes;
import io.nbguard.spi.probe.NodeGauges;
import io.nbguard.spi.probe.ProbeSession;
import java.util.List;
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

/** Reading the node by the probe that nbguard prefers on this machine. */
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH calls @Setup first
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class NodeReadBenchmark {

    private List<ProbeSession> probes;
    private ProbeSession preferred;
    private final NodeGauges gauges = new NodeGauges();

    /** Opens the probes and says which one is measured. */
    @Setup(Level.Trial)
    public void open() {
        probes = Probes.open();
        preferred = probes.get(0);
        System.out.println("measuring " + preferred.description());
    }

    /** Closes them. */
    @TearDown(Level.Trial)
    public void close() {
        probes.forEach(ProbeSession::close);
    }

    /** What the watchdog reads near the limit. */
    @Benchmark
    public NodeGauges memoryCurrent() {
        preferred.sampleMemory(gauges);
        return gauges;
    }

    /** Everything. */
    @Benchmark
    public NodeGauges everything() {
        preferred.sample(gauges);
        return gauges;
    }
}
