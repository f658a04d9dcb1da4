package io.nbguard.cli;

import io.nbguard.api.GuardException;
import io.nbguard.core.plugin.KnownSettings;
import io.nbguard.core.plugin.Plugins;
import io.nbguard.core.plugin.SettingSource;
import io.nbguard.spi.PluginConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that runs notebooks, or looks whether they can be run: with which settings. */
final class SettingOptions {

    private static final String PYTHON = "papermill.python";

    @Option(
            names = "--python",
            paramLabel = "PATH",
            description =
                    "The Python to use: an interpreter or a virtual environment with papermill. Default: $NBGUARD_PYTHON,"
                            + " else a private environment that is made on first use.")
    @Nullable Path python;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "A setting of nbguard or of a plugin, such as cgroup.reserve=512m; the README lists them. Can be"
                            + " repeated.")
    Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = "--settings",
            paramLabel = "FILE",
            description =
                    "A properties file with settings, a line KEY=VALUE for each. --set wins over it, and it wins over"
                            + " the environment, where cgroup.reserve is NBGUARD_CGROUP_RESERVE.")
    @Nullable Path file;

    /** Made by picocli. */
    SettingOptions() {}

    /**
     * Returns the settings that hold: those of options, of the file and of the environment.
     *
     * @param folder the current folder
     * @param options settings that have options of their own; they count most
     * @throws GuardException (INVALID_REQUEST) if one of them is mistyped, or the file cannot be read
     */
    PluginConfig read(Path folder, List<SettingSource> options) {
        KnownSettings known = KnownSettings.of(Plugins.discover(), List.of());
        List<SettingSource> sources = new ArrayList<>(options);
        if (python != null) {
            sources.add(SettingSource.of(
                    "--python", Map.of(PYTHON, folder.resolve(python).toString())));
        }
        sources.add(SettingSource.of("--set", settings));
        if (file != null) {
            sources.add(file(folder.resolve(file)));
        }
        sources.add(known.environment(System.getenv()));
        return known.read(sources);
    }

    private static SettingSource file(Path file) {
        try {
            return SettingSource.file(file);
        } catch (IllegalArgumentException e) {
            throw Usage.wrong("--settings: " + e.getMessage());
        }
    }

    /** Returns {@code settings} with a value for the Python that runs notebooks. */
    static PluginConfig withPython(PluginConfig settings, Path interpreter) {
        Map<String, String> all = new LinkedHashMap<>(settings.values());
        all.put(PYTHON, interpreter.toString());
        return new PluginConfig(all);
    }
}
