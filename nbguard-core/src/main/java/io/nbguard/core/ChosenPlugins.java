package io.nbguard.core;

import io.nbguard.core.assembly.LocalMachine;
import io.nbguard.core.assembly.Refusals;
import io.nbguard.core.history.MemoryStore;
import io.nbguard.core.plugin.PluginKind;
import io.nbguard.core.plugin.Plugins;
import io.nbguard.core.policy.HeaviestPolicy;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.device.DeviceProbe;
import io.nbguard.spi.executor.Executor;
import io.nbguard.spi.executor.Readiness;
import io.nbguard.spi.policy.KillPolicy;
import io.nbguard.spi.probe.ResourceProbe;
import io.nbguard.spi.process.ProcessTracker;
import io.nbguard.spi.store.HistoryStore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The plugins that a guard's settings lead to; none is open yet.
 *
 * @param killPolicies the chain of kill policies; never empty
 * @param executors the executors to open, the default first; empty if none can work here, or one that was asked for cannot
 * @param local whether executions run on this machine
 * @param probes the resource probes to try, best first
 * @param trackers the process trackers to try, best first
 * @param deviceProbes all device probes
 * @param historyStore where history is kept
 */
record ChosenPlugins(
        List<KillPolicy> killPolicies,
        List<Executor> executors,
        boolean local,
        List<ResourceProbe> probes,
        List<ProcessTracker> trackers,
        List<DeviceProbe> deviceProbes,
        HistoryStore historyStore) {

    private static final Logger LOG = LoggerFactory.getLogger(ChosenPlugins.class);

    /**
     * Chooses, and asks executors whether they can work here.
     *
     * @param configuration the configuration of plugins
     * @param refusals gets those that cannot
     * @throws io.nbguard.api.GuardException (NOT_FOUND, PLUGIN) if one that was asked for by its name is missing or broken
     */
    static ChosenPlugins of(GuardSettings settings, PluginConfig configuration, Plugins found, Refusals refusals) {
        List<KillPolicy> killPolicies = killPolicies(settings, found);
        List<Candidate> executors = executors(settings, configuration, found, refusals);
        return new ChosenPlugins(
                killPolicies,
                executors.stream().map(Candidate::executor).toList(),
                executors.isEmpty() || executors.stream().anyMatch(Candidate::local),
                settings.plugins().probes().isEmpty()
                        ? LocalMachine.probesBestFirst(found)
                        : settings.plugins().probes(),
                settings.plugins().tracker().map(List::of).orElseGet(() -> LocalMachine.trackersBestFirst(found)),
                settings.plugins().deviceProbes().isEmpty()
                        ? found.usable(PluginKind.DEVICE_PROBE, DeviceProbe.class)
                        : settings.plugins().deviceProbes(),
                historyStore(settings, found));
    }

    private static List<KillPolicy> killPolicies(GuardSettings settings, Plugins found) {
        List<KillPolicy> chain = new ArrayList<>(settings.watchdog().killPolicies());
        for (String name : settings.watchdog().killPolicyNames()) {
            chain.add(found.named(PluginKind.KILL_POLICY, name, KillPolicy.class));
        }
        return chain.isEmpty() ? List.of(new HeaviestPolicy()) : List.copyOf(chain);
    }

    private static List<Candidate> executors(
            GuardSettings settings, PluginConfig configuration, Plugins found, Refusals refusals) {
        if (settings.executors().isEmpty()) {
            return found.usable(PluginKind.EXECUTOR, Executor.class).stream()
                    .map(executor -> Candidate.of(executor, configuration))
                    .sorted(Candidate.DEFAULT_FIRST)
                    .filter(candidate -> isReady(candidate.executor(), configuration, refusals))
                    .toList();
        }
        List<Candidate> asked = settings.executors().stream()
                .map(choice -> Candidate.of(choice.in(found), configuration))
                .toList();
        // Each says why it cannot work, not only the first.
        long ready = asked.stream()
                .filter(candidate -> isReady(candidate.executor(), configuration, refusals))
                .count();
        return ready == asked.size() ? asked : List.of();
    }

    /** An executor that may be chosen, and whether it runs executions on this machine: asked once, as it may have to find out. */
    private record Candidate(Executor executor, boolean local) {

        // What runs here needs no engine to be set up: it comes first.
        static final Comparator<Candidate> DEFAULT_FIRST = Comparator.comparing(
                        (Candidate candidate) -> !candidate.local)
                .thenComparing(candidate -> !candidate.executor.name().startsWith("nbguard-"))
                .thenComparing(candidate -> candidate.executor.name());

        static Candidate of(Executor executor, PluginConfig configuration) {
            return new Candidate(executor, isLocal(executor, configuration));
        }
    }

    private static boolean isLocal(Executor executor, PluginConfig configuration) {
        try {
            return executor.capabilities(configuration).isLocal();
        } catch (RuntimeException | LinkageError e) {
            LOG.debug("executor {} does not say where it runs; it is opened as a local one", executor.name(), e);
            return true;
        }
    }

    private static boolean isReady(Executor executor, PluginConfig configuration, Refusals refusals) {
        try {
            Readiness readiness = executor.check(configuration);
            if (!readiness.usable()) {
                refusals.add(PluginKind.EXECUTOR, executor.name(), readiness);
            }
            return readiness.usable();
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("executor {} failed to check itself", executor.name(), e);
            refusals.add(PluginKind.EXECUTOR, executor.name(), "it failed: " + e);
            return false;
        }
    }

    private static HistoryStore historyStore(GuardSettings settings, Plugins found) {
        return settings.history()
                .store()
                .or(() -> settings.history()
                        .storeName()
                        .map(name -> found.named(PluginKind.HISTORY, name, HistoryStore.class)))
                .orElseGet(MemoryStore::new);
    }
}
