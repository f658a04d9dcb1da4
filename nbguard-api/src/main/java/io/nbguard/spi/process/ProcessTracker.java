package io.nbguard.spi.process;

import io.nbguard.spi.Plugin;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.Setting;
import io.nbguard.spi.UnavailableException;

/**
 * Knows every process of an execution, whatever its processes do to get away: a cgroup leaf where the cgroup tree may
 * be written, else the process tree in {@code /proc} with an environment cookie.
 */
public interface ProcessTracker extends Plugin {

    /**
     * What the guard itself sets for its plugins, and no host can set: whether what was started goes on when this JVM dies,
     * until another guard attaches to it; else a tracker may end what a dead JVM has left.
     */
    Setting<Boolean> KEEP_ON_HOST_DEATH = Setting.flag(
                    "guard.keep-on-host-death", "Whether executions go on when the JVM of their guard dies.")
            .usually("off");

    /** Returns how much to prefer this tracker; nbguard's {@code /proc} tracker has 100. */
    int preference();

    /**
     * Opens the tracker.
     *
     * @param configuration the guard's settings
     * @throws UnavailableException if it cannot work on this machine: the next best is tried
     * @throws io.nbguard.api.GuardException if the settings ask for what it cannot do, or cannot be meant: no other is tried
     */
    TrackerSession open(PluginConfig configuration) throws UnavailableException;

    /**
     * Opens the tracker only to {@link TrackerSession#attach} to what others started: changes nothing on this machine, and
     * refuses {@link TrackerSession#create}.
     *
     * @param configuration the settings
     * @throws UnavailableException if it cannot work on this machine
     */
    default TrackerSession watch(PluginConfig configuration) throws UnavailableException {
        return open(configuration);
    }
}
