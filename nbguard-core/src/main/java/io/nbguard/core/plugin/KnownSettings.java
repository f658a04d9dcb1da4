package io.nbguard.core.plugin;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.internal.Similarity;
import io.nbguard.spi.Plugin;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.Setting;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The settings that a guard and its plugins read. Immutable. */
public final class KnownSettings {

    /** The setting with more jars and folders for the watchdog's sidecar. */
    public static final Setting<String> SIDECAR_CLASS_PATH = Setting.text(
                    "sidecar.classpath",
                    "Plain jars for the watchdog's sidecar, separated by `:`; for hosts that run from nested jars or an image.")
            .withoutIt("where this JVM has its classes from");

    private static final Logger LOG = LoggerFactory.getLogger(KnownSettings.class);

    /** Those that have a key; more than one where several plugins name it. */
    private final TreeMap<String, List<Setting<?>>> byKey = new TreeMap<>();

    private KnownSettings(Stream<? extends Plugin> plugins) {
        add(SIDECAR_CLASS_PATH);
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

    private void add(Setting<?> setting) {
        byKey.computeIfAbsent(setting.key(), key -> new ArrayList<>()).add(setting);
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
    public List<Setting<?>> all() {
        return byKey.values().stream().<Setting<?>>map(same -> same.get(0)).toList();
    }

    /**
     * Looks for settings that no plugin reads, and reads the values of the others.
     *
     * @throws GuardException (INVALID_REQUEST) if there is one that no plugin reads: names it, and the one that may be meant,
     *     but not its value, which may be a password; or if a value is not of the setting's type: names both and what was
     *     expected
     */
    public void check(PluginConfig configuration) {
        for (String key : new TreeSet<>(configuration.values().keySet())) {
            List<Setting<?>> settings = byKey.get(key);
            if (settings == null) {
                throw new GuardException(
                        ErrorCode.INVALID_REQUEST,
                        "there is no setting '" + key + "'"
                                + Similarity.nearest(key, byKey.keySet())
                                        .map(near -> ": did you mean '" + near + "'?")
                                        .orElse(": expected one of " + String.join(", ", byKey.keySet())
                                                + "; is the plugin that reads it on the class path or module path?"));
            }
            settings.forEach(configuration::find);
        }
    }
}
