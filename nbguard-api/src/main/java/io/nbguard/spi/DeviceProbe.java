package io.nbguard.spi;

import java.util.Map;

/** Knows devices of one kind, such as the GPUs of one vendor. All probes that open are used together. */
public interface DeviceProbe extends Plugin {

    /**
     * Opens what is to be read.
     *
     * @param configuration the guard's settings, by name
     * @throws UnavailableException if this machine has nothing for this probe, such as no driver
     */
    DeviceSession open(Map<String, String> configuration) throws UnavailableException;
}
