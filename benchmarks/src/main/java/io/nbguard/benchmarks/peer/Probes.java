package io.nbguard.benchmarks.peer;

import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.probe.ProbeSession;
import io.nbguard.spi.probe.ResourceProbe;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;

/** nbguard's node probes, as far as they work on this machine. */
public final class Probes {

    private Probes() {}

    /** Opens all that work, the preferred one first. */
    public static List<ProbeSession> open() {
        List<ResourceProbe> candidates = ServiceLoader.load(ResourceProbe.class).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparingInt(ResourceProbe::preference).reversed())
                .toList();
        List<ProbeSession> open = new ArrayList<>();
        StringBuilder refused = new StringBuilder();
        for (ResourceProbe candidate : candidates) {
            try {
                open.add(candidate.open(PluginConfig.EMPTY));
            } catch (UnavailableException e) {
                refused.append(candidate.name())
                        .append(": ")
                        .append(e.getMessage())
                        .append("; ");
            }
        }
        if (open.isEmpty()) {
            throw new IllegalStateException("no node probe works here: " + refused);
        }
        return open;
    }
}
