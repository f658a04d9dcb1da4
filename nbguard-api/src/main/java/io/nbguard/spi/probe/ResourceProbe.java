package io.nbguard.spi.probe;

import io.nbguard.spi.Plugin;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.UnavailableException;

/**
 * Reads the node: the container, VM or host that nbguard shares with its notebooks. Of all probes that open, the one of highest {@link #preference()} wins,
 * gauge by gauge; the memory gauges always come from one probe together, so that a use and a limit of different cgroups
 * are never compared. A probe whose memory limit is unlimited gives way to the next that has a limit.
 */
public interface ResourceProbe extends Plugin {

    /** Returns how much to prefer this probe; nbguard's own have 300 (cgroup v2), 200 (cgroup v1) and 100 (host). */
    int preference();

    /**
     * Opens what is to be read.
     *
     * @param configuration the guard's settings
     * @throws UnavailableException if this machine has nothing for this probe
     */
    ProbeSession open(PluginConfig configuration) throws UnavailableException;
}
