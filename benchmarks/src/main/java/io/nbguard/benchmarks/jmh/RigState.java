package io.nbguard.benchmarks.jmh;

import io.nbguard.benchmarks.rig.Rig;
import io.nbguard.benchmarks.rig.Workshop;
import java.io.IOException;
import java.nio.file.Path;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** 20 trees of five real processes, and others. */
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH calls @Setup first
public class RigState {

    private static final int TREES = 20;
    private static final int MEBIBYTES = 16;

    /** How many other processes there are. */
    @Param({"200", "1000", "5000"})
    public int others;

    private Workshop workshop;
    Rig rig;

    /** Starts the processes. */
    @Setup(Level.Trial)
    public void start() throws IOException {
        workshop = new Workshop(Path.of("target"));
        rig = Rig.start(workshop, TREES, MEBIBYTES);
        rig.others(others);
    }

    /** Ends them. */
    @TearDown(Level.Trial)
    public void end() {
        rig.close();
        workshop.close();
    }
}
