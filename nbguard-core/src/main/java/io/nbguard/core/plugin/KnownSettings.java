package io.nbguard.core.plugin;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.internal.Similarity;
import io.nbguard.spi.Plugin;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.Setting;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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

    /** What a plugin whose settings begin with {@code max.}, {@code java.} or {@code runtime.} would have for its own. */
    private static final Set<String> OTHER_VARIABLES = Set.of(
            "NBGUARD_JAVA_OPTIONS",
            "NBGUARD_MAX_CONCURRENT",
            "NBGUARD_MAX_QUEUED",
            "NBGUARD_RUNTIME_DIR",
            // By these a notebook learns its limits, and it may use nbguard itself.
            "NBGUARD_MEMORY_LIMIT",
            "NBGUARD_CPU_LIMIT",
            "NBGUARD_PIDS_LIMIT",
            "NBGUARD_DISK_LIMIT",
            "NBGUARD_GPU_MEMORY_LIMIT",
            "NBGUARD_GPU_DEVICES");

    /** A pod has such variables for the services of its namespace, such as one called nbguard-history. */
    private static final Pattern SERVICE_ADDRESS =
            Pattern.compile(".*_(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_\\d+_(TCP|UDP|SCTP)(_(ADDR|PORT|PROTO))?)?)");

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
     * Checks the settings of every entrance and puts them together. Of several values for a setting that of the first entrance
     * counts; the others are checked too.
     *
     * @param sources the entrances, the one that counts most first
     * @throws GuardException (INVALID_REQUEST) if there is a setting that no plugin reads: names the entrance, the setting and the
     *     one that may be meant, but not the value, which may be a password; or if a value is not of the setting's type: names
     *     the entrance, the setting, the value and what was expected
     */
    public PluginConfig read(List<SettingSource> sources) {
        Map<String, String> all = new HashMap<>();
        for (SettingSource source : sources) {
            new TreeMap<>(source.values()).forEach((name, value) -> all.putIfAbsent(key(source, name, value), value));
        }
        return new PluginConfig(all);
    }

    /** Returns the key of the setting that an entrance has under {@code name}, after reading its value. */
    private String key(SettingSource source, String name, String value) {
        List<String> keys = byKey.keySet().stream()
                .filter(key -> source.nameOf().apply(key).equals(name))
                .toList();
        if (keys.size() != 1) {
            throw refused(
                    source,
                    keys.isEmpty()
                            ? unknown(source, name)
                            : "'" + name + "' can mean each of " + String.join(", ", keys)
                                    + ": set them by these keys, in a file or by the host");
        }
        String key = keys.get(0);
        PluginConfig alone = new PluginConfig(Map.of(key, value));
        try {
            byKey.getOrDefault(key, List.of()).forEach(alone::find);
        } catch (GuardException e) {
            throw refused(source, (name.equals(key) ? "" : name + ": ") + e.getMessage());
        }
        return key;
    }

    private String unknown(SettingSource source, String name) {
        List<String> names =
                byKey.keySet().stream().map(source.nameOf()).distinct().toList();
        return "there is no setting '" + name + "'"
                + Similarity.nearest(name, names)
                        .map(near -> ": did you mean '" + near + "'?")
                        .orElse(": expected one of " + String.join(", ", names)
                                + "; is the plugin that reads it on the class path or module path?");
    }

    private static GuardException refused(SettingSource source, String message) {
        return new GuardException(ErrorCode.INVALID_REQUEST, source.origin() + ": " + message);
    }

    /**
     * Returns the settings in the environment: {@code cgroup.tier} is {@code NBGUARD_CGROUP_TIER} there. No settings are variables
     * without a value, those that do not begin as a setting does ({@code NBGUARD_CGROUP_}), nbguard's own others, and addresses
     * that Kubernetes sets for each service.
     *
     * @param environment the environment, such as {@link System#getenv()}
     */
    public SettingSource environment(Map<String, String> environment) {
        Set<String> names = byKey.keySet().stream().map(KnownSettings::variable).collect(Collectors.toSet());
        Set<String> beginnings = byKey.keySet().stream()
                .map(key -> variable(key.substring(0, key.indexOf('.') + 1)))
                .collect(Collectors.toSet());
        Map<String, String> values = new HashMap<>();
        environment.forEach((name, value) -> {
            boolean meant = names.contains(name)
                    || (beginnings.stream().anyMatch(name::startsWith)
                            && !SERVICE_ADDRESS.matcher(name).matches());
            if (meant && !value.isEmpty() && !OTHER_VARIABLES.contains(name)) {
                values.put(name, value);
            }
        });
        return new SettingSource("environment", values, KnownSettings::variable);
    }

    private static String variable(String key) {
        return "NBGUARD_" + key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }
}
