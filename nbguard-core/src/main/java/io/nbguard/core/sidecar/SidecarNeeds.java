package io.nbguard.core.sidecar;

import io.nbguard.core.watchdog.WatchdogConfig;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.policy.KillPolicy;
import io.nbguard.spi.probe.ResourceProbe;
import io.nbguard.spi.process.ProcessTracker;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a sidecar works with: the same as its host.
 *
 * @param sampling how to measure and when to act
 * @param probes resource probes, best first
 * @param trackers process trackers, best first
 * @param killPolicies the chain of kill policies; each is made anew by its public constructor without arguments
 * @param configuration the guard's settings, by name
 * @param runtimeFolder where executions are announced, if they are
 * @param outputs the outputs folder
 * @param emergency whether everything is ended at once when single kills do not help
 */
public record SidecarNeeds(
        WatchdogConfig sampling,
        List<ResourceProbe> probes,
        List<ProcessTracker> trackers,
        List<KillPolicy> killPolicies,
        PluginConfig configuration,
        Optional<Path> runtimeFolder,
        Path outputs,
        boolean emergency) {

    Message.Settings settings() {
        return new Message.Settings(
                sampling,
                classNames(probes),
                classNames(trackers),
                classNames(killPolicies),
                configuration,
                runtimeFolder.map(Path::toString),
                outputs.toString(),
                emergency);
    }

    private static List<String> classNames(List<?> plugins) {
        return plugins.stream().map(plugin -> plugin.getClass().getName()).toList();
    }
}
