package io.nbguard.core;

import io.nbguard.api.watchdog.WatchdogMode;
import io.nbguard.core.plugin.SettingSource;
import io.nbguard.spi.device.DeviceProbe;
import io.nbguard.spi.probe.ResourceProbe;
import io.nbguard.spi.process.ProcessTracker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The plugins of a guard, and their settings; see {@link GuardBuilder#plugins}. Every method checks its argument at
 * once and throws {@link IllegalArgumentException} naming it.
 */
public final class PluginSettings {

    private final Map<String, String> configured = new HashMap<>();
    private final List<SettingSource> files = new ArrayList<>();
    private List<ResourceProbe> probes = List.of();
    private @Nullable ProcessTracker tracker;
    private List<DeviceProbe> deviceProbes = List.of();
    private @Nullable ClassLoader classLoader = Thread.currentThread().getContextClassLoader();

    PluginSettings() {}

    /**
     * Sets the resource probes to use, best first, instead of those that are found: to read a node in a way of the host's own.
     * Each is opened by {@link GuardBuilder#build}, on its thread, and closed with the guard; {@code build} fails if one of them cannot
     * work here, unless no execution runs on this machine. How its session is called, and what becomes of one that does not
     * answer, is described at {@link io.nbguard.spi.probe.ProbeSession}. Excludes {@link WatchdogMode#SIDECAR}, which makes probes anew
     * from the name of their class: make them services for that.
     */
    public PluginSettings probes(ResourceProbe... instances) {
        Objects.requireNonNull(instances, "instances");
        for (ResourceProbe instance : instances) {
            Objects.requireNonNull(instance, "one of the instances");
        }
        probes = List.of(instances);
        return this;
    }

    /**
     * Sets the process tracker to use instead of those that are found. It is opened by {@link GuardBuilder#build}, on its thread, and
     * closed with the guard; {@code build} fails if it cannot work here. It is not opened where all executors run elsewhere. The
     * sampling thread waits for its session ({@link io.nbguard.spi.process.TrackerSession} describes the calls), so that what the
     * session does must be quick. Excludes {@link WatchdogMode#SIDECAR}, as {@link #probes} does.
     */
    public PluginSettings tracker(ProcessTracker instance) {
        Objects.requireNonNull(instance, "instance");
        tracker = instance;
        return this;
    }

    /**
     * Sets the device probes to use, all of them together, instead of those that are found. Each is opened when devices are
     * asked for the first time ({@link NotebookGuard#devices}), on a thread of its own, and closed with the guard; what cannot be
     * opened is shown as unavailable with the reason. How its session is called is described at
     * {@link io.nbguard.spi.device.DeviceSession}.
     */
    public PluginSettings deviceProbes(DeviceProbe... instances) {
        Objects.requireNonNull(instances, "instances");
        for (DeviceProbe instance : instances) {
            Objects.requireNonNull(instance, "one of the instances");
        }
        deviceProbes = List.of(instances);
        return this;
    }

    /**
     * Sets a plugin's setting, such as {@code papermill.python}; the README lists all. {@link GuardBuilder#build} refuses a key that none of
     * the plugins it finds reads, and a value that is not of the setting's type.
     *
     * <p>What is set here counts more than what a file has ({@link #configureFrom}), and that more than the environment, in which
     * {@code papermill.python} is {@code NBGUARD_PAPERMILL_PYTHON}. Those are checked in the same way, by {@code build} too.
     */
    public PluginSettings configure(String key, String value) {
        Objects.requireNonNull(value, "value");
        if (key.isBlank()) {
            throw new IllegalArgumentException("a setting's key must not be blank (its value is '" + value + "')");
        }
        configured.put(key, value);
        return this;
    }

    /**
     * Reads plugins' settings from a properties file (UTF-8, a line {@code key=value} for each), at once. Of several files that have
     * a setting the last that was given counts. See {@link #configure}.
     *
     * @throws IllegalArgumentException if the file cannot be read, or has another form
     */
    public PluginSettings configureFrom(Path file) {
        Objects.requireNonNull(file, "file");
        files.add(0, SettingSource.file(file));
        return this;
    }

    /** Sets the class loader in which plugins are looked for. Default: this thread's context class loader. */
    public PluginSettings classLoader(ClassLoader loader) {
        Objects.requireNonNull(loader, "loader");
        classLoader = loader;
        return this;
    }

    /**
     * What is set.
     *
     * @param configured the plugins' settings that the host has set
     * @param files those of files, the one that counts most first
     * @param probes the resource probes that the host has made itself; those that are found where it is empty
     * @param tracker the process tracker that the host has made itself
     * @param deviceProbes as {@code probes}
     * @param classLoader where plugins are looked for; null means the system class loader
     */
    record Values(
            Map<String, String> configured,
            List<SettingSource> files,
            List<ResourceProbe> probes,
            Optional<ProcessTracker> tracker,
            List<DeviceProbe> deviceProbes,
            @Nullable ClassLoader classLoader) {

        /** Returns the entrances of plugins' settings, the one that counts most first. */
        List<SettingSource> sources(SettingSource environment) {
            List<SettingSource> sources = new ArrayList<>();
            sources.add(SettingSource.of("configure", configured));
            sources.addAll(files);
            sources.add(environment);
            return sources;
        }
    }

    Values values() {
        return new Values(
                Map.copyOf(configured),
                List.copyOf(files),
                probes,
                Optional.ofNullable(tracker),
                deviceProbes,
                classLoader);
    }
}
