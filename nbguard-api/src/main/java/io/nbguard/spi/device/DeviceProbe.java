package io.nbguard.spi.device;

import io.nbguard.spi.Plugin;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.UnavailableException;

/** Knows devices of one kind, such as the GPUs of one vendor. All probes that open are used together. */
public interface DeviceProbe extends Plugin {

    /**
     * Opens what is to be read.
     *
     * @param configuration the guard's settings
     * @throws UnavailableException if this machine has nothing for this probe, such as no driver
     */
    DeviceSession open(PluginConfig configuration) throws UnavailableException;
}
