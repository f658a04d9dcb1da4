package io.nbguard.core;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardClock;
import io.nbguard.api.GuardException;
import io.nbguard.api.snapshot.Snapshot;
import io.nbguard.core.announce.AnnouncedExecution;
import io.nbguard.core.announce.RuntimeFolder;
import io.nbguard.core.assembly.LocalMachine;
import io.nbguard.core.assembly.OpenParts;
import io.nbguard.core.assembly.Refusals;
import io.nbguard.core.measure.OpenProbe;
import io.nbguard.core.plugin.KnownSettings;
import io.nbguard.core.plugin.PluginKind;
import io.nbguard.core.plugin.Plugins;
import io.nbguard.core.sampling.SamplingLoop;
import io.nbguard.core.watchdog.WatchdogConfig;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.process.ProcessIdentity;
import io.nbguard.spi.process.TrackerSession;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the executions of every guard of this user from another JVM, as {@code nbguard top} does. Measures and never
 * signals. Safe for use by any thread.
 */
public final class NotebookWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NotebookWatch.class);
    private static final ThreadFactory THREADS = new GuardThreads(Thread::new);
    private static final long LOOK_AGAIN_NANOS = Duration.ofMillis(250).toNanos();

    private final LocalMachine machine;
    private final OpenParts open;
    private final RuntimeFolder folder;
    private final SamplingLoop loop;
    private final GuardClock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<ExecutionId, ForeignExecution> watched = new HashMap<>();
    private long lookedAtNanos;

    private NotebookWatch(
            LocalMachine machine, OpenParts open, RuntimeFolder folder, Duration interval, GuardClock clock) {
        this.machine = machine;
        this.open = open;
        this.folder = folder;
        this.clock = clock;
        open.onClose("watched executions", this::letGoOfAll);
        loop = open.add(
                "sampling loop",
                new SamplingLoop(
                        measuringOnly(interval),
                        machine.probes(),
                        machine.tracker(),
                        List.of(),
                        event -> {},
                        clock,
                        THREADS));
    }

    /**
     * Opens a watch that ticks once a second, with the settings of plugins that the environment has.
     *
     * @throws GuardException with code ENVIRONMENT if nothing can be measured here, or the runtime folder cannot be trusted;
     *     INVALID_REQUEST if the environment has a setting that no plugin reads, or a mistyped value
     */
    public static NotebookWatch open() {
        return open(Duration.ofSeconds(1));
    }

    /**
     * Opens a watch on the usual folder.
     *
     * @param interval the longest pause between two ticks, 10 ms to 1 min
     * @throws GuardException as {@link #open()} does
     */
    public static NotebookWatch open(Duration interval) {
        Objects.requireNonNull(interval, "interval");
        return open(interval, RuntimeFolder.location());
    }

    /**
     * Opens a watch on the usual folder.
     *
     * @param interval the longest pause between two ticks, 10 ms to 1 min
     * @param configuration the settings of probes and trackers; those of the environment are not read
     * @throws GuardException as {@link #open()} does
     */
    public static NotebookWatch open(Duration interval, PluginConfig configuration) {
        Objects.requireNonNull(interval, "interval");
        Objects.requireNonNull(configuration, "configuration");
        return open(interval, RuntimeFolder.location(), Plugins.discover().checked(), configuration);
    }

    /**
     * Opens a watch.
     *
     * @param interval the longest pause between two ticks, 10 ms to 1 min
     * @param runtimeDirectory where executions are announced
     * @throws GuardException as {@link #open()} does
     */
    public static NotebookWatch open(Duration interval, Path runtimeDirectory) {
        Objects.requireNonNull(interval, "interval");
        Objects.requireNonNull(runtimeDirectory, "runtimeDirectory");
        Plugins plugins = Plugins.discover().checked();
        KnownSettings known = KnownSettings.of(plugins, List.of());
        return open(interval, runtimeDirectory, plugins, known.read(List.of(known.environment(System.getenv()))));
    }

    private static NotebookWatch open(
            Duration interval, Path runtimeDirectory, Plugins plugins, PluginConfig configuration) {
        OpenParts open = new OpenParts(THREADS);
        try {
            return open(openMachine(plugins, configuration, open), open, interval, runtimeDirectory, GuardClock.SYSTEM);
        } catch (RuntimeException | Error e) {
            open.close();
            throw e;
        }
    }

    private static LocalMachine openMachine(Plugins plugins, PluginConfig configuration, OpenParts open) {
        Refusals refusals = new Refusals();
        List<OpenProbe> probes =
                LocalMachine.openProbes(LocalMachine.probesBestFirst(plugins), configuration, refusals, open);
        Optional<TrackerSession> tracker = LocalMachine.openWatchingTracker(
                LocalMachine.trackersBestFirst(plugins), configuration, refusals, open);
        if (probes.isEmpty() || tracker.isEmpty()) {
            throw new GuardException(
                    ErrorCode.ENVIRONMENT,
                    "notebooks cannot be watched here; "
                            + refusals.paragraph(probes.isEmpty() ? PluginKind.PROBE : PluginKind.TRACKER));
        }
        return new LocalMachine(probes, tracker.get());
    }

    /** Opens a watch that closes what is in {@code open}; if it cannot be opened, the caller closes that. */
    static NotebookWatch open(
            LocalMachine machine, OpenParts open, Duration interval, Path runtimeDirectory, GuardClock clock) {
        try {
            NotebookWatch watch =
                    new NotebookWatch(machine, open, RuntimeFolder.open(runtimeDirectory), interval, clock);
            watch.look();
            watch.loop.start();
            return watch;
        } catch (IOException e) {
            throw new GuardException(
                    ErrorCode.ENVIRONMENT,
                    "the folder in which executions are announced cannot be used: " + e.getMessage(),
                    e);
        }
    }

    private static WatchdogConfig measuringOnly(Duration interval) {
        WatchdogConfig defaults = WatchdogConfig.DEFAULTS;
        return new WatchdogConfig(
                interval,
                defaults.warnAt(),
                defaults.stopAdmittingAt(),
                defaults.killAt(),
                Optional.empty(),
                Optional.empty(),
                defaults.coolDown(),
                defaults.killTimeout(),
                true);
    }

    /** Looks for executions that have come and gone, and returns the readings of the latest tick. */
    public Snapshot snapshot() {
        lock.lock();
        try {
            if (clock.nanoTime() - lookedAtNanos >= LOOK_AGAIN_NANOS) {
                look();
            }
        } catch (IOException e) {
            LOG.warn("the announced executions cannot be read; those known are watched on", e);
        } finally {
            lock.unlock();
        }
        return loop.snapshot();
    }

    private void look() throws IOException {
        lookedAtNanos = clock.nanoTime();
        Set<ExecutionId> present = new HashSet<>();
        for (AnnouncedExecution news : folder.read()) {
            if (follow(news)) {
                present.add(news.id());
            } else if (!news.guard().isAlive()) {
                // Its guard cannot remove it any more, and nothing of it runs.
                folder.remove(news.id());
            }
        }
        Iterator<ForeignExecution> each = watched.values().iterator();
        while (each.hasNext()) {
            ForeignExecution execution = each.next();
            if (!present.contains(execution.id())) {
                each.remove();
                letGo(execution);
            }
        }
    }

    /** Returns whether there is something to watch. */
    private boolean follow(AnnouncedExecution news) {
        ForeignExecution known = watched.get(news.id());
        if (known != null) {
            known.learn(news);
            return news.guard().isAlive() || !known.group().isEmpty();
        }
        Optional<ProcessIdentity> root = news.root();
        if (root.isEmpty()) {
            return false;
        }
        try {
            ForeignExecution found =
                    new ForeignExecution(news, machine.tracker().attach(news.id(), root.get()), clock);
            watched.put(news.id(), found);
            loop.watch(found);
            return true;
        } catch (UnavailableException e) {
            LOG.debug("{} cannot be watched", news.notebook(), e);
            return false;
        }
    }

    private void letGo(ForeignExecution execution) {
        loop.unwatch(execution);
        execution.group().close();
    }

    private void letGoOfAll() {
        lock.lock();
        try {
            watched.values().forEach(execution -> execution.group().close());
            watched.clear();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the watch; what is watched goes on. */
    @Override
    public void close() {
        open.close();
    }
}
