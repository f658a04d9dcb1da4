package io.nbguard.core.sampling;

import io.nbguard.api.GuardClock;
import io.nbguard.core.event.EventSink;
import io.nbguard.core.event.PluginFaults;
import io.nbguard.spi.policy.KillPolicy;
import io.nbguard.spi.process.TrackerSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** What a loop works with, whichever thread runs it: its settings, and the plugins with what guards against them. */
final class LoopParts {

    /** How long plugins that are not nbguard's own are waited for: the policies of a choice together, each call of a probe. */
    static final Duration TIMEOUT = Duration.ofMillis(50);

    private final SamplingConfig config;
    private final List<OpenProbe> probes;
    private final List<Gate> probeGates = new ArrayList<>();
    private final List<@Nullable IsolatedProbeCalls> isolatedProbes = new ArrayList<>();
    private final TrackerSession tracker;
    private final Gate trackerGate = new Gate();
    private final PluginFaults faults;
    private final VictimChooser chooser;
    private final RemoteWatchdog remoteWatchdog;
    private final EventSink events;
    private final GuardClock clock;
    private final Logger log;
    private final Function<WarmUp.Stage, WarmUp.Loop> warmUpLoops;

    LoopParts(
            SamplingConfig config,
            List<OpenProbe> probesBestFirst,
            TrackerSession tracker,
            List<KillPolicy> policies,
            RemoteWatchdog remoteWatchdog,
            EventSink events,
            GuardClock clock,
            ThreadFactory threads,
            Duration timeout,
            Logger log,
            Function<WarmUp.Stage, WarmUp.Loop> warmUpLoops) {
        this.config = config;
        this.tracker = tracker;
        this.remoteWatchdog = remoteWatchdog;
        this.events = events;
        this.clock = clock;
        this.log = log;
        this.warmUpLoops = warmUpLoops;
        probes = List.copyOf(probesBestFirst);
        for (OpenProbe probe : probes) {
            probeGates.add(new Gate());
            isolatedProbes.add(probe.isOwn() ? null : new IsolatedProbeCalls(probe, timeout, threads));
        }
        faults = new PluginFaults(events, clock);
        chooser = new VictimChooser(policies, timeout, faults, clock, threads);
    }

    /** Makes what reads the probes in one turn, best first. */
    List<ProbeReader> readers(Turn turn, EventSink turnEvents) {
        List<ProbeReader> readers = new ArrayList<>();
        for (int i = 0; i < probes.size(); i++) {
            OpenProbe probe = probes.get(i);
            ProbeCalls isolated = isolatedProbes.get(i);
            ProbeCalls calls = isolated != null ? isolated : new DirectCalls(probe.session(), probeGates.get(i), turn);
            readers.add(new ProbeReader(probe, calls, faults, turnEvents, clock));
        }
        return readers;
    }

    SamplingConfig config() {
        return config;
    }

    TrackerSession tracker() {
        return tracker;
    }

    Gate trackerGate() {
        return trackerGate;
    }

    PluginFaults faults() {
        return faults;
    }

    VictimChooser chooser() {
        return chooser;
    }

    RemoteWatchdog remoteWatchdog() {
        return remoteWatchdog;
    }

    EventSink events() {
        return events;
    }

    GuardClock clock() {
        return clock;
    }

    /** Makes the loop of a warm-up. */
    Function<WarmUp.Stage, WarmUp.Loop> warmUpLoops() {
        return warmUpLoops;
    }

    Logger log() {
        return log;
    }

    /** Ends the threads of plugins. */
    void close() {
        chooser.close();
        for (IsolatedProbeCalls calls : isolatedProbes) {
            if (calls != null) {
                calls.close();
            }
        }
    }
}
