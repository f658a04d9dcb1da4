package io.nbguard.core.measure;

import io.nbguard.api.GuardClock;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.core.event.EventSink;
import io.nbguard.core.event.PluginFaults;
import io.nbguard.core.thread.Turn;
import io.nbguard.spi.process.TrackerSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The open probes and the open tracker, whichever thread reads them, with what guards against one that hangs or fails: nbguard's
 * own are called by one thread at a time, any other probe on a thread of its own.
 */
public final class MetricSources implements AutoCloseable {

    private final List<OpenProbe> probes;
    private final List<Gate> probeGates = new ArrayList<>();
    private final List<@Nullable IsolatedProbeCalls> isolatedProbes = new ArrayList<>();
    private final TrackerSession tracker;
    private final Gate trackerGate = new Gate();
    private final PluginFaults faults;
    private final GuardClock clock;

    /**
     * Makes them; no thread yet.
     *
     * @param probesBestFirst not closed by this object
     * @param tracker not closed by this object
     * @param timeout how long a call of a probe that is not nbguard's own is waited for
     */
    public MetricSources(
            List<OpenProbe> probesBestFirst,
            TrackerSession tracker,
            Duration timeout,
            PluginFaults faults,
            GuardClock clock,
            ThreadFactory threads) {
        this.tracker = tracker;
        this.faults = faults;
        this.clock = clock;
        probes = List.copyOf(probesBestFirst);
        for (OpenProbe probe : probes) {
            probeGates.add(new Gate());
            isolatedProbes.add(probe.isOwn() ? null : new IsolatedProbeCalls(probe, timeout, threads));
        }
    }

    /**
     * Makes what reads the node in one turn.
     *
     * @param events receives that a probe which failed answers again
     * @param configuredLimit a limit below the node's own, if the host wants one
     */
    public NodeMeter node(Turn turn, EventSink events, Optional<ByteSize> configuredLimit) {
        List<ProbeReader> readers = new ArrayList<>();
        for (int i = 0; i < probes.size(); i++) {
            OpenProbe probe = probes.get(i);
            ProbeCalls isolated = isolatedProbes.get(i);
            ProbeCalls calls = isolated != null ? isolated : new DirectCalls(probe.session(), probeGates.get(i), turn);
            readers.add(new ProbeReader(probe, calls, faults, events, clock));
        }
        return new NodeMeter(readers, configuredLimit);
    }

    /**
     * Makes what reads the process trees in one turn.
     *
     * @param failures takes what was thrown while the reading went on
     */
    public TreeReader trees(Turn turn, Consumer<Throwable> failures) {
        return new TreeReader(tracker, trackerGate, turn, faults, failures);
    }

    /** Ends the threads of probes. One that a probe does not return to is interrupted and left behind. */
    @Override
    public void close() {
        for (IsolatedProbeCalls calls : isolatedProbes) {
            if (calls != null) {
                calls.close();
            }
        }
    }
}
