package io.nbguard.core.plugin;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.internal.Similarity;
import io.nbguard.spi.Plugin;
import io.nbguard.spi.Setting;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The settings that a guard and its plugins read. Immutable. */
public final class KnownSettings {

    /** The setting with more jars and folders for the watchdog's sidecar. */
    public static final String SIDECAR_CLASS_PATH = "sidecar.classpath";

    private static final Logger LOG = LoggerFactory.getLogger(KnownSettings.class);

    private static final List<Setting> OWN = List.of(
            new Setting(
                    SIDECAR_CLASS_PATH,
                    "where this JVM has its classes from",
                    "Plain jars for the watchdog's sidecar, separated by `:`; for hosts that run from nested jars or an image."));

    private final TreeMap<String, Setting> byKey = new TreeMap<>();

    private KnownSettings(Stream<? extends Plugin> plugins) {
        OWN.forEach(this::add);
        plugins.forEach(plugin -> {
            try {
                plugin.settings().forEach(this::add);
            } catch (RuntimeException | LinkageError e) {
                LOG.warn(
                        "plugin {} does not say which settings it reads",
                        plugin.getClass().getName(),
                        e);
            }
        });
    }

    private void add(Setting setting) {
        byKey.putIfAbsent(setting.key(), setting);
    }

    /**
     * Returns the guard's own and those of its plugins.
     *
     * @param found what was found
     * @param given what the host made itself
     */
    public static KnownSettings of(Plugins found, Collection<? extends Plugin> given) {
        Stream<Plugin> usable = found.all().stream().flatMap(plugin -> plugin.plugin().stream());
        return new KnownSettings(Stream.concat(given.stream(), usable));
    }

    /** Returns them, sorted by key. */
    public List<Setting> all() {
        return List.copyOf(byKey.values());
    }

    /**
     * Looks for settings that nobody reads.
     *
     * @throws GuardException (INVALID_REQUEST) if there is one; names it, and the one that may be meant
     */
    public void check(Map<String, String> configuration) {
        for (String key : new TreeSet<>(configuration.keySet())) {
            if (!byKey.containsKey(key)) {
                throw new GuardException(
                        ErrorCode.INVALID_REQUEST,
                        "there is no setting '" + key + "'"
                                + Similarity.nearest(key, byKey.keySet())
                                        .map(near -> ": did you mean '" + near + "'?")
                                        .orElse(": expected one of " + String.join(", ", byKey.keySet())
                                                + "; is the plugin that reads it on the class path or module path?"));
            }
        }
    }
}
