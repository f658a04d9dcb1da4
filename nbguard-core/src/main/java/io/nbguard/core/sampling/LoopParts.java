package io.nbguard.core.sampling;

import io.nbguard.api.GuardClock;
import io.nbguard.core.event.EventSink;
import io.nbguard.core.event.PluginFaults;
import io.nbguard.core.measure.MetricSources;
import io.nbguard.core.measure.OpenProbe;
import io.nbguard.core.watchdog.RemoteWatchdog;
import io.nbguard.core.watchdog.VictimChooser;
import io.nbguard.core.watchdog.WatchdogConfig;
import io.nbguard.spi.policy.KillPolicy;
import io.nbguard.spi.process.TrackerSession;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import org.slf4j.Logger;

/** What a loop works with, whichever thread runs it: its settings, and the plugins with what guards against them. */
final class LoopParts {

    /** How long plugins that are not nbguard's own are waited for: the policies of a choice together, each call of a probe. */
    static final Duration TIMEOUT = Duration.ofMillis(50);

    private final WatchdogConfig config;
    private final TrackerSession tracker;
    private final MetricSources sources;
    private final VictimChooser chooser;
    private final RemoteWatchdog remoteWatchdog;
    private final EventSink events;
    private final GuardClock clock;
    private final Logger log;
    private final Function<WarmUp.Stage, WarmUp.Loop> warmUpLoops;

    LoopParts(
            WatchdogConfig config,
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
        PluginFaults faults = new PluginFaults(events, clock);
        sources = new MetricSources(probesBestFirst, tracker, timeout, faults, clock, threads);
        chooser = new VictimChooser(policies, timeout, faults, clock, threads);
    }

    WatchdogConfig config() {
        return config;
    }

    TrackerSession tracker() {
        return tracker;
    }

    /** Makes what reads the node and the trees in a turn. */
    MetricSources sources() {
        return sources;
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
        sources.close();
    }
}
