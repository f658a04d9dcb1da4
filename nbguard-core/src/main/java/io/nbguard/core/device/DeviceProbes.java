package io.nbguard.core.device;

import io.nbguard.api.measure.Reading;
import io.nbguard.api.resource.DeviceSnapshot;
import io.nbguard.core.event.PluginFaults;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.device.DeviceProbe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Collectors;

/**
 * Every device probe of a guard. A probe is opened when devices are asked for the first time: devices of a machine
 * that are never asked for stay powered down. Any thread.
 */
public final class DeviceProbes implements AutoCloseable {

    /** How long a probe may take to answer. */
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final List<ProbedDevices> probes;

    /**
     * Makes them; opens none yet.
     *
     * @param configuration the guard's settings, by name
     */
    public DeviceProbes(
            List<DeviceProbe> probes, PluginConfig configuration, PluginFaults faults, ThreadFactory threads) {
        this(probes, configuration, faults, threads, TIMEOUT);
    }

    DeviceProbes(
            List<DeviceProbe> probes,
            PluginConfig configuration,
            PluginFaults faults,
            ThreadFactory threads,
            Duration timeout) {
        this.probes = probes.stream()
                .map(probe -> new ProbedDevices(probe, configuration, faults, threads, timeout))
                .toList();
    }

    /**
     * Asks every probe, and waits two seconds at most.
     *
     * @return what the probes that have answered say, now or, where one does not answer now, before; unavailable where none has
     *     ever answered: the reason contains what each of them says
     */
    public Reading<List<DeviceSnapshot>> look() {
        String source = probes.isEmpty()
                ? "device probes"
                : probes.stream().map(ProbedDevices::name).collect(Collectors.joining(", ", "device probes ", ""));
        if (probes.isEmpty()) {
            return new Reading.Unavailable<>("there is no device probe on the class path or module path", source);
        }
        // All at once: one that does not answer must not take the time of the others.
        probes.forEach(ProbedDevices::begin);
        probes.forEach(ProbedDevices::await);
        List<DeviceSnapshot> devices = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (ProbedDevices probe : probes) {
            Optional<List<DeviceSnapshot>> known = probe.known();
            known.ifPresent(devices::addAll);
            if (known.isEmpty()) {
                problems.add(probe.name() + ": " + probe.problem());
            }
        }
        return problems.size() == probes.size()
                ? new Reading.Unavailable<>(String.join("; ", problems), source)
                : new Reading.Value<>(List.copyOf(devices), source);
    }

    /** Closes what is open; waits a second at most for each that does not return. */
    @Override
    public void close() {
        probes.forEach(ProbedDevices::close);
    }
}
