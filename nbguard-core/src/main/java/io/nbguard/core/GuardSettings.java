package io.nbguard.core;

import io.nbguard.api.GuardClock;
import io.nbguard.api.event.GuardListener;
import io.nbguard.api.watchdog.WatchdogMode;
import io.nbguard.core.announce.RuntimeFolder;
import io.nbguard.core.watchdog.WatchdogConfig;
import io.nbguard.spi.Plugin;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.executor.Executor;
import io.nbguard.spi.process.ProcessTracker;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a builder has collected, checked and complete. */
record GuardSettings(
        Path notebooks,
        Path outputs,
        List<ExecutorChoice> executors,
        Map<String, String> executorsByTag,
        List<GuardListener> listeners,
        WatchdogSettings.Values watchdog,
        AdmissionSettings.Values admission,
        HistorySettings.Values history,
        StorageSettings.Values storage,
        LifecycleSettings.Values lifecycle,
        PluginSettings.Values plugins,
        GuardClock clock,
        ThreadFactory threads) {

    /**
     * Checks settings of one group against those of others.
     *
     * @throws IllegalArgumentException if they contradict each other
     */
    GuardSettings {
        boolean sidecar = watchdog.mode() == WatchdogMode.SIDECAR;
        if (sidecar && !watchdog.killPolicies().isEmpty()) {
            throw new IllegalArgumentException(
                    "killPolicies(" + watchdog.killPolicies()
                            + ") cannot be sent to the watchdog's sidecar:"
                            + " make them services and give their names to killPolicy(...), or use the watchdog mode IN_PROCESS");
        }
        if (sidecar && !plugins.probes().isEmpty()) {
            throw cannotBeSent("probes(" + names(plugins.probes()) + ")");
        }
        if (sidecar && plugins.tracker().isPresent()) {
            throw cannotBeSent("tracker(" + plugins.tracker().get().name() + ")");
        }
        if (admission.countRemote() && watchdog.sampling().memoryBudget().isEmpty()) {
            throw new IllegalArgumentException(
                    "countRemote(true) without a memory budget counts for nothing: set one with memoryBudget(...), or leave it out");
        }
        if (lifecycle.keepsExecutions() && !history.hasStore()) {
            throw new IllegalArgumentException(
                    "onHostDeath(KEEP) needs a history store that lasts, by which the next guard"
                            + " finds the executions: name one with history(h -> h.store(...)), such as nbguard-jdbc");
        }
        if (lifecycle.keepsExecutions() && sidecar) {
            throw new IllegalArgumentException(
                    "onHostDeath(KEEP) and the watchdog mode SIDECAR exclude each other: a sidecar ends"
                            + " what its host leaves behind; use the mode IN_PROCESS");
        }
    }

    private static IllegalArgumentException cannotBeSent(String what) {
        return new IllegalArgumentException(
                what + " cannot be sent to the watchdog's sidecar: make it a service, so that the"
                        + " sidecar finds it, or use the watchdog mode IN_PROCESS");
    }

    private static String names(List<? extends Plugin> plugins) {
        return plugins.stream().map(Plugin::name).collect(Collectors.joining(", "));
    }

    /** Returns at which memory of all executions nothing more is started; empty if what runs elsewhere does not count. */
    OptionalLong budgetStopAt() {
        WatchdogConfig sampling = watchdog.sampling();
        return admission.countRemote() && sampling.memoryBudget().isPresent()
                ? OptionalLong.of(sampling.stopAdmittingAt()
                        .bytesOf(sampling.memoryBudget().get().bytes()))
                : OptionalLong.empty();
    }

    /** Returns where executions make themselves known; empty if they do not. */
    Optional<Path> runtimeDirectory() {
        return lifecycle.announce()
                ? storage.runtimeDirectory().or(() -> Optional.of(RuntimeFolder.location()))
                : Optional.empty();
    }

    /** Returns the plugins that the host has made itself. */
    List<Plugin> givenPlugins() {
        Stream<Executor> given =
                executors.stream().map(ExecutorChoice::instance).filter(Objects::nonNull);
        return Stream.of(
                        given,
                        history.store().stream(),
                        watchdog.killPolicies().stream(),
                        plugins.probes().stream(),
                        plugins.tracker().stream(),
                        plugins.deviceProbes().stream())
                .<Plugin>flatMap(some -> some)
                .toList();
    }

    /** Returns the configuration of plugins: the settings that were read, and the guard's own. */
    PluginConfig forPlugins(PluginConfig read) {
        Map<String, String> all = new HashMap<>(read.values());
        all.put(ProcessTracker.KEEP_ON_HOST_DEATH.key(), Boolean.toString(lifecycle.keepsExecutions()));
        return new PluginConfig(all);
    }
}
