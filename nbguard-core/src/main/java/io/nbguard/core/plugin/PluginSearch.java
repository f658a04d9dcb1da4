package io.nbguard.core.plugin;

import io.nbguard.spi.Plugin;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** Walks through the providers of one service; a broken one is noted and does not hide those behind it. */
final class PluginSearch {

    // A class path that cannot be read at all fails again at every step.
    private static final int MOST_FAILURES_IN_A_ROW = 100;

    private PluginSearch() {}

    static List<FoundPlugin> find(PluginKind kind, @Nullable ClassLoader loader) {
        // The loop over kinds cannot name the service as a constant; module-info's `uses` lists every kind.
        Iterator<? extends ServiceLoader.Provider<? extends Plugin>> providers =
                ServiceLoader.load(kind.service(), loader).stream().iterator();
        List<FoundPlugin> found = new ArrayList<>();
        int failures = 0;
        while (failures < MOST_FAILURES_IN_A_ROW) {
            try {
                if (!providers.hasNext()) {
                    break;
                }
                found.add(open(kind, providers.next()));
                failures = 0;
            } catch (ServiceConfigurationError e) {
                failures++;
                found.add(FoundPlugin.broken(kind, Optional.empty(), "(unknown class)", reason(e)));
            }
        }
        return found;
    }

    private static FoundPlugin open(PluginKind kind, ServiceLoader.Provider<? extends Plugin> provider) {
        String className = "(unknown class)";
        try {
            className = provider.type().getName();
            Plugin plugin = provider.get();
            String name = plugin.name();
            if (name == null) {
                return FoundPlugin.broken(kind, Optional.empty(), className, "its name is null");
            }
            Optional<String> problem = PluginNames.problem(name, className);
            return problem.isPresent()
                    ? FoundPlugin.broken(kind, Optional.of(name), className, problem.get())
                    : FoundPlugin.usable(kind, name, plugin);
        } catch (ServiceConfigurationError | RuntimeException | LinkageError e) {
            return FoundPlugin.broken(kind, Optional.empty(), className, reason(e));
        }
    }

    private static String reason(Throwable e) {
        Throwable cause = e instanceof ServiceConfigurationError && e.getCause() != null ? e.getCause() : e;
        String own = String.valueOf(e.getMessage());
        return cause == e ? own : own + " (" + cause + ")";
    }
}
