package io.nbguard.core;

import io.nbguard.api.GuardClock;
import io.nbguard.api.event.GuardListener;
import io.nbguard.api.watchdog.WatchdogMode;
import io.nbguard.core.watchdog.WatchdogConfig;
import io.nbguard.core.workspace.OutputTemplate;
import io.nbguard.spi.Plugin;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.device.DeviceProbe;
import io.nbguard.spi.executor.Executor;
import io.nbguard.spi.policy.KillPolicy;
import io.nbguard.spi.probe.ResourceProbe;
import io.nbguard.spi.process.ProcessTracker;
import io.nbguard.spi.store.HistoryStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a builder has collected, checked and complete. */
record GuardSettings(
        Path notebooks,
        Path outputs,
        OutputTemplate outputTemplate,
        int maxConcurrent,
        int maxQueued,
        int rememberEnded,
        WatchdogConfig sampling,
        WatchdogMode watchdog,
        Duration stopGrace,
        CloseAction onClose,
        boolean shutdownHook,
        boolean automaticEmergencyShutdown,
        Optional<Path> runtimeDirectory,
        Path temporaryFiles,
        PluginConfig configuration,
        List<String> killPolicyNames,
        List<KillPolicy> killPolicies,
        List<ExecutorChoice> executors,
        Map<String, String> executorsByTag,
        Optional<String> historyStoreName,
        Optional<HistoryStore> historyStore,
        boolean restoreSchedules,
        HostDeath hostDeath,
        List<ResourceProbe> probes,
        Optional<ProcessTracker> tracker,
        List<DeviceProbe> deviceProbes,
        List<GuardListener> listeners,
        @Nullable ClassLoader classLoader,
        GuardClock clock,
        ThreadFactory threads) {

    /** Returns the plugins that the host has made itself. */
    List<Plugin> givenPlugins() {
        Stream<Executor> given =
                executors.stream().map(ExecutorChoice::instance).filter(Objects::nonNull);
        return Stream.of(
                        given,
                        historyStore.stream(),
                        killPolicies.stream(),
                        probes.stream(),
                        tracker.stream(),
                        deviceProbes.stream())
                .<Plugin>flatMap(some -> some)
                .toList();
    }

    /** Returns the configuration of plugins: the host's settings, and the guard's own. */
    PluginConfig forPlugins() {
        Map<String, String> all = new HashMap<>(configuration.values());
        all.put(ProcessTracker.KEEP_ON_HOST_DEATH.key(), Boolean.toString(hostDeath == HostDeath.KEEP));
        return new PluginConfig(all);
    }
}
