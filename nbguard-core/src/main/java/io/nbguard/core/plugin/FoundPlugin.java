package io.nbguard.core.plugin;

import io.nbguard.spi.Plugin;
import java.util.Optional;

/**
 * One provider that was found, usable or not.
 *
 * @param kind what it is
 * @param name its name; empty if it could not be asked
 * @param className its class, or the best that is known about it
 * @param plugin the plugin; empty if there is a problem
 * @param problem why it is not used; empty if all is well
 */
public record FoundPlugin(
        PluginKind kind, Optional<String> name, String className, Optional<Plugin> plugin, Optional<String> problem) {

    static FoundPlugin usable(PluginKind kind, String name, Plugin plugin) {
        return new FoundPlugin(
                kind, Optional.of(name), plugin.getClass().getName(), Optional.of(plugin), Optional.empty());
    }

    static FoundPlugin broken(PluginKind kind, Optional<String> name, String className, String problem) {
        return new FoundPlugin(kind, name, className, Optional.empty(), Optional.of(problem));
    }
}
