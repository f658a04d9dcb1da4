package io.nbguard.core;

import io.nbguard.api.GuardException;
import io.nbguard.core.measure.OpenProbe;
import io.nbguard.core.plugin.PluginKind;
import io.nbguard.core.plugin.Plugins;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.probe.ResourceProbe;
import io.nbguard.spi.process.ProcessTracker;
import io.nbguard.spi.process.TrackerSession;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is open of this machine: the probes that work, best first, and the best process tracker.
 *
 * @param probes never empty
 * @param tracker the tracker
 */
record Machine(List<OpenProbe> probes, TrackerSession tracker) implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Machine.class);

    Machine {
        probes = List.copyOf(probes);
    }

    /**
     * Opens every probe that can be opened, in this order, and notes why the others cannot.
     *
     * @return the open ones; empty if there is none
     */
    static List<OpenProbe> openProbes(List<ResourceProbe> probes, PluginConfig configuration, Refusals refusals) {
        List<OpenProbe> open = new ArrayList<>();
        for (ResourceProbe probe : probes) {
            try {
                open.add(new OpenProbe(probe.name(), probe.open(configuration)));
            } catch (UnavailableException e) {
                refusals.add(PluginKind.PROBE, probe.name(), e);
            } catch (RuntimeException | LinkageError e) {
                LOG.warn("resource probe {} failed to open", probe.name(), e);
                refusals.add(PluginKind.PROBE, probe.name(), "it failed: " + e);
            }
        }
        return open;
    }

    /** Returns every probe that was found, best first. */
    static List<ResourceProbe> probesBestFirst(Plugins plugins) {
        List<ResourceProbe> candidates = new ArrayList<>(plugins.usable(PluginKind.PROBE, ResourceProbe.class));
        candidates.sort(Comparator.comparingInt(ResourceProbe::preference).reversed());
        return candidates;
    }

    /** Returns every tracker that was found, best first. */
    static List<ProcessTracker> trackersBestFirst(Plugins plugins) {
        List<ProcessTracker> candidates = new ArrayList<>(plugins.usable(PluginKind.TRACKER, ProcessTracker.class));
        candidates.sort(Comparator.comparingInt(ProcessTracker::preference).reversed());
        return candidates;
    }

    /**
     * Opens the first tracker that can be opened, and notes why those before it cannot.
     *
     * @throws GuardException if one cannot do what the settings ask it for
     */
    static Optional<TrackerSession> openTracker(
            List<ProcessTracker> trackers, PluginConfig configuration, Refusals refusals) {
        return openTracker(trackers, refusals, tracker -> tracker.open(configuration));
    }

    /** Opens the best tracker that can be opened only to watch, and notes why better ones cannot. */
    static Optional<TrackerSession> openWatchingTracker(
            Plugins plugins, PluginConfig configuration, Refusals refusals) {
        return openTracker(trackersBestFirst(plugins), refusals, tracker -> tracker.watch(configuration));
    }

    private static Optional<TrackerSession> openTracker(
            List<ProcessTracker> trackers, Refusals refusals, Opening opening) {
        for (ProcessTracker tracker : trackers) {
            try {
                return Optional.of(opening.open(tracker));
            } catch (UnavailableException e) {
                refusals.add(PluginKind.TRACKER, tracker.name(), e);
            } catch (GuardException e) {
                // What the settings ask for must not be replaced by something lesser.
                throw e;
            } catch (RuntimeException | LinkageError e) {
                LOG.warn("process tracker {} failed to open", tracker.name(), e);
                refusals.add(PluginKind.TRACKER, tracker.name(), "it failed: " + e);
            }
        }
        return Optional.empty();
    }

    private interface Opening {
        TrackerSession open(ProcessTracker tracker) throws UnavailableException;
    }

    @Override
    public void close() {
        closeQuietly(tracker);
        closeQuietly(probes);
    }

    static void closeQuietly(List<OpenProbe> probes) {
        probes.forEach(probe -> closeQuietly(probe.session()));
    }

    static void closeQuietly(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            LOG.warn("{} could not be closed", part, e);
        }
    }
}
