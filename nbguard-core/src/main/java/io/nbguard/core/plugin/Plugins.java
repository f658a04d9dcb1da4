package io.nbguard.core.plugin;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.spi.Plugin;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every plugin that a class loader sees. A broken one that is merely present is logged and left out; asking for it by
 * name is an error. Two plugins of one kind and one name are an error at once. Immutable.
 */
public final class Plugins {

    private static final Logger LOG = LoggerFactory.getLogger(Plugins.class);

    private final Map<PluginKind, List<FoundPlugin>> found;

    private Plugins(Map<PluginKind, List<FoundPlugin>> found) {
        this.found = found;
    }

    /** Finds what the current thread's context class loader sees; throws nothing, problems stand in the list. */
    public static Plugins discover() {
        return discover(Thread.currentThread().getContextClassLoader());
    }

    /**
     * Finds what {@code loader} sees; throws nothing, problems stand in the list.
     *
     * @param loader null means the system class loader
     */
    public static Plugins discover(@Nullable ClassLoader loader) {
        Map<PluginKind, List<FoundPlugin>> found = new EnumMap<>(PluginKind.class);
        for (PluginKind kind : PluginKind.values()) {
            found.put(kind, List.copyOf(PluginSearch.find(kind, loader)));
        }
        return new Plugins(found);
    }

    /** Returns everything that was found, usable or not, kind by kind. */
    public List<FoundPlugin> all() {
        return Arrays.stream(PluginKind.values())
                .flatMap(kind -> of(kind).stream())
                .toList();
    }

    /** Returns everything of one kind that was found, usable or not. */
    public List<FoundPlugin> of(PluginKind kind) {
        return found.getOrDefault(kind, List.of());
    }

    /**
     * Refuses plugins of one name, and logs what was found.
     *
     * @return this
     * @throws GuardException (PLUGIN) if two plugins of one kind have the same name
     */
    public Plugins checked() {
        for (PluginKind kind : PluginKind.values()) {
            Map<String, List<FoundPlugin>> byName = of(kind).stream()
                    .filter(plugin -> plugin.plugin().isPresent())
                    .collect(Collectors.groupingBy(plugin -> plugin.name().orElseThrow()));
            byName.forEach((name, same) -> {
                if (same.size() > 1) {
                    throw new GuardException(
                            ErrorCode.PLUGIN,
                            "two plugins of kind " + kind.title() + " are called '" + name + "': "
                                    + same.stream().map(FoundPlugin::className).collect(Collectors.joining(" and "))
                                    + "; remove one of them from the class path");
                }
            });
        }
        for (FoundPlugin plugin : all()) {
            if (plugin.problem().isPresent()) {
                LOG.warn(
                        "skipped {} {}: {}",
                        plugin.kind().title(),
                        plugin.className(),
                        plugin.problem().get());
            } else {
                LOG.debug(
                        "found {} {} ({})", plugin.kind().title(), plugin.name().orElseThrow(), plugin.className());
            }
        }
        return this;
    }

    /**
     * Looks at the names of plugins that the host has made itself.
     *
     * @throws GuardException (PLUGIN) if one is malformed, or is nbguard's own
     */
    public static void checkNames(List<? extends Plugin> given) {
        for (Plugin plugin : given) {
            String className = plugin.getClass().getName();
            PluginNames.problem(plugin.name(), className).ifPresent(problem -> {
                throw new GuardException(ErrorCode.PLUGIN, className + " cannot be used: " + problem);
            });
        }
    }

    /** Returns the usable plugins of one kind. */
    public <T extends Plugin> List<T> usable(PluginKind kind, Class<T> type) {
        return of(kind).stream()
                .flatMap(plugin -> plugin.plugin().stream())
                .map(type::cast)
                .toList();
    }

    /**
     * Returns the plugin that was asked for by name.
     *
     * @param asked its name; nbguard's own also without {@code nbguard-}
     * @throws GuardException (NOT_FOUND) if there is none of that name; (PLUGIN) if it is broken
     */
    public <T extends Plugin> T named(PluginKind kind, String asked, Class<T> type) {
        Optional<FoundPlugin> exact = find(kind, asked, true);
        FoundPlugin plugin = exact.or(() -> find(kind, asked, false)).orElseThrow(() -> unknown(kind, asked));
        return type.cast(plugin.plugin()
                .orElseThrow(() -> new GuardException(
                        ErrorCode.PLUGIN,
                        kind.title() + " '" + asked + "' (" + plugin.className() + ") cannot be used: "
                                + plugin.problem().orElse("it is broken"))));
    }

    private Optional<FoundPlugin> find(PluginKind kind, String asked, boolean exact) {
        List<FoundPlugin> matches = of(kind).stream()
                .filter(plugin -> plugin.name()
                        .filter(name -> exact ? name.equals(asked) : PluginNames.means(asked, name))
                        .isPresent())
                .toList();
        // An impostor under one of our names stands in the list as broken: it must not hide the real one.
        return matches.stream()
                .filter(plugin -> plugin.plugin().isPresent())
                .findFirst()
                .or(() -> matches.stream().findFirst());
    }

    private GuardException unknown(PluginKind kind, String asked) {
        List<String> names = new ArrayList<>();
        List<String> broken = new ArrayList<>();
        for (FoundPlugin plugin : of(kind)) {
            if (plugin.plugin().isPresent()) {
                names.add(plugin.name().orElseThrow());
            } else {
                broken.add(plugin.className() + " (" + plugin.problem().orElse("") + ")");
            }
        }
        String message = "there is no " + kind.title() + " called '" + asked + "': found "
                + (names.isEmpty() ? "none" : String.join(", ", names));
        // A plugin that cannot even say its name may be the one that was asked for.
        return broken.isEmpty()
                ? new GuardException(ErrorCode.NOT_FOUND, message)
                : new GuardException(ErrorCode.PLUGIN, message + "; broken: " + String.join("; ", broken));
    }
}
