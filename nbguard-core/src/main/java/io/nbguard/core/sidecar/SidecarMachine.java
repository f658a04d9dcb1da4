package io.nbguard.core.sidecar;

import io.nbguard.api.watchdog.SafetyTier;
import io.nbguard.core.assembly.LocalMachine;
import io.nbguard.core.assembly.OpenParts;
import io.nbguard.core.assembly.Refusals;
import io.nbguard.core.measure.OpenProbe;
import io.nbguard.core.plugin.KnownSettings;
import io.nbguard.core.plugin.PluginKind;
import io.nbguard.spi.Plugin;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.policy.KillPolicy;
import io.nbguard.spi.probe.ResourceProbe;
import io.nbguard.spi.process.ProcessTracker;
import io.nbguard.spi.process.TrackerSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens, in the sidecar, what its host has open: the same plugins in the same order, the tracker only to watch. */
final class SidecarMachine implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SidecarMachine.class);

    private final LocalMachine machine;
    private final List<KillPolicy> policies;
    private final OpenParts open;

    private SidecarMachine(LocalMachine machine, List<KillPolicy> policies, OpenParts open) {
        this.machine = machine;
        this.policies = policies;
        this.open = open;
    }

    /**
     * Opens everything.
     *
     * @throws UnavailableException if there is no probe or no tracker that works here, or a kill policy is not to be had
     */
    static SidecarMachine open(Message.Settings settings) throws UnavailableException {
        OpenParts open = new OpenParts(SidecarMachine::daemon);
        try {
            List<KillPolicy> policies = new ArrayList<>();
            for (String name : settings.killPolicies()) {
                policies.add(plugin(name, KillPolicy.class));
            }
            return new SidecarMachine(openMachine(settings, open), policies, open);
        } catch (UnavailableException | RuntimeException | Error e) {
            open.close();
            throw e;
        }
    }

    private static LocalMachine openMachine(Message.Settings settings, OpenParts open) throws UnavailableException {
        Refusals refusals = new Refusals();
        List<OpenProbe> probes = LocalMachine.openProbes(
                plugins(settings.probes(), PluginKind.PROBE, ResourceProbe.class, refusals),
                settings.configuration(),
                refusals,
                open);
        Optional<TrackerSession> tracker = LocalMachine.openWatchingTracker(
                plugins(settings.trackers(), PluginKind.TRACKER, ProcessTracker.class, refusals),
                settings.configuration(),
                refusals,
                open);
        if (probes.isEmpty() || tracker.isEmpty()) {
            throw new UnavailableException(
                    "no " + (probes.isEmpty() ? "resource probe" : "process tracker") + " works there: "
                            + String.join("; ", refusals.lines()),
                    "");
        }
        return new LocalMachine(probes, tracker.get());
    }

    private static <P extends Plugin> List<P> plugins(
            List<String> classNames, PluginKind kind, Class<P> type, Refusals refusals) {
        List<P> made = new ArrayList<>();
        for (String name : classNames) {
            try {
                made.add(plugin(name, type));
            } catch (UnavailableException e) {
                refusals.add(kind, name, e);
            }
        }
        return made;
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        return thread;
    }

    private static <P extends Plugin> P plugin(String className, Class<P> kind) throws UnavailableException {
        try {
            return kind.cast(Class.forName(className).getConstructor().newInstance());
        } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
            throw new UnavailableException(
                    className + " cannot be made (" + e + "): it needs a public constructor without arguments, and its"
                            + " jar and what that needs in " + KnownSettings.SIDECAR_CLASS_PATH,
                    "");
        }
    }

    List<OpenProbe> probes() {
        return machine.probes();
    }

    TrackerSession tracker() {
        return machine.tracker();
    }

    List<KillPolicy> policies() {
        return policies;
    }

    List<String> sources() {
        List<String> sources = new ArrayList<>();
        sources.add(probes().get(0).session().description());
        sources.add(tracker().description());
        return sources;
    }

    /**
     * Closes it, and undoes what a dead guard has changed on this machine for its tracker's sake: as the next guard to open
     * that tracker would.
     */
    void closeAfterTheGuard(Message.Settings settings) {
        boolean changed = tracker().tier() == SafetyTier.WRITABLE;
        close();
        if (!changed) {
            return;
        }
        for (String name : settings.trackers()) {
            try {
                plugin(name, ProcessTracker.class)
                        .open(settings.configuration())
                        .close();
                return;
            } catch (UnavailableException | RuntimeException e) {
                LOG.warn("what the host's {} has left could not be cleared", name, e);
            }
        }
    }

    @Override
    public void close() {
        open.close();
    }
}
