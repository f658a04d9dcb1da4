package io.nbguard.core.assembly;

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
 * @param probes never empty where executions run here
 * @param tracker the tracker
 */
public record LocalMachine(List<OpenProbe> probes, TrackerSession tracker) {

    private static final Logger LOG = LoggerFactory.getLogger(LocalMachine.class);

    /** Copies the list. */
    public LocalMachine {
        probes = List.copyOf(probes);
    }

    /** Returns every probe that was found, best first. */
    public static List<ResourceProbe> probesBestFirst(Plugins plugins) {
        List<ResourceProbe> candidates = new ArrayList<>(plugins.usable(PluginKind.PROBE, ResourceProbe.class));
        candidates.sort(Comparator.comparingInt(ResourceProbe::preference).reversed());
        return candidates;
    }

    /** Returns every tracker that was found, best first. */
    public static List<ProcessTracker> trackersBestFirst(Plugins plugins) {
        List<ProcessTracker> candidates = new ArrayList<>(plugins.usable(PluginKind.TRACKER, ProcessTracker.class));
        candidates.sort(Comparator.comparingInt(ProcessTracker::preference).reversed());
        return candidates;
    }

    /**
     * Opens every probe that can be opened, in this order, and notes why the others cannot.
     *
     * @param open gets what is opened
     * @return the open ones; empty if there is none
     */
    public static List<OpenProbe> openProbes(
            List<ResourceProbe> probes, PluginConfig configuration, Refusals refusals, OpenParts open) {
        List<OpenProbe> usable = new ArrayList<>();
        for (ResourceProbe probe : probes) {
            try {
                String name = probe.name();
                usable.add(new OpenProbe(name, open.addPlugin("resource probe " + name, probe.open(configuration))));
            } catch (UnavailableException e) {
                refusals.add(PluginKind.PROBE, probe.name(), e);
            } catch (RuntimeException | LinkageError e) {
                LOG.warn("resource probe {} failed to open", probe.name(), e);
                refusals.add(PluginKind.PROBE, probe.name(), "it failed: " + e);
            }
        }
        return usable;
    }

    /**
     * Opens the first tracker that can be opened, and notes why those before it cannot.
     *
     * @param open gets what is opened
     * @throws GuardException if one cannot do what the settings ask it for
     */
    public static Optional<TrackerSession> openTracker(
            List<ProcessTracker> trackers, PluginConfig configuration, Refusals refusals, OpenParts open) {
        return openTracker(trackers, refusals, open, tracker -> tracker.open(configuration));
    }

    /** Opens the first tracker that can be opened only to watch, as {@link #openTracker} does. */
    public static Optional<TrackerSession> openWatchingTracker(
            List<ProcessTracker> trackers, PluginConfig configuration, Refusals refusals, OpenParts open) {
        return openTracker(trackers, refusals, open, tracker -> tracker.watch(configuration));
    }

    private static Optional<TrackerSession> openTracker(
            List<ProcessTracker> trackers, Refusals refusals, OpenParts open, Opening opening) {
        for (ProcessTracker tracker : trackers) {
            try {
                String name = tracker.name();
                return Optional.of(open.addPlugin("process tracker " + name, opening.open(tracker)));
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
}
