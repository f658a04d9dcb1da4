package io.nbguard.core.sidecar;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.core.plugin.KnownSettings;
import io.nbguard.spi.PluginConfig;
import java.io.File;
import java.lang.module.ModuleReference;
import java.lang.module.ResolvedModule;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.LoggerFactory;

/** Finds the jars and folders that a sidecar runs from: those that this JVM has its classes from. */
final class SidecarClassPath {

    /** What nbguard-cgroup calls natively with, where it is there; core knows it by name only. */
    private static final String JNA = "com.sun.jna.Native";

    private final Set<String> entries = new LinkedHashSet<>();
    private final List<String> unusable = new ArrayList<>();

    private SidecarClassPath() {}

    /**
     * Returns the class path.
     *
     * @param plugins the plugins that it must hold
     * @throws GuardException (ENVIRONMENT) if a class is in no plain jar or folder, and the setting does not say where to
     *     find it
     */
    static String of(List<?> plugins, PluginConfig configuration) {
        SidecarClassPath path = new SidecarClassPath();
        String given = configuration.find(KnownSettings.SIDECAR_CLASS_PATH).orElse("");
        for (String entry : given.split(File.pathSeparator)) {
            if (!entry.isBlank()) {
                path.add(Path.of(entry));
            }
        }
        path.add(GuardEvent.class);
        path.add(SidecarMain.class);
        path.add(LoggerFactory.class);
        for (Object plugin : plugins) {
            path.add(plugin.getClass());
            jna(plugin.getClass()).ifPresent(path::add);
        }
        if (!path.unusable.isEmpty() && given.isBlank()) {
            throw new GuardException(
                    ErrorCode.ENVIRONMENT,
                    "the watchdog's sidecar cannot be started: " + String.join("; ", path.unusable)
                            + ", which is no plain jar or folder. Set " + KnownSettings.SIDECAR_CLASS_PATH
                            + " to plain jars of nbguard-api, nbguard-core, nbguard-cgroup, jna, slf4j-api and the plugins"
                            + " in use, separated by '" + File.pathSeparator + "', or leave the watchdog in process");
        }
        return String.join(File.pathSeparator, path.entries);
    }

    private static Optional<Class<?>> jna(Class<?> plugin) {
        try {
            return Optional.of(Class.forName(JNA, false, plugin.getClassLoader()));
        } catch (ClassNotFoundException | LinkageError withoutIt) {
            return Optional.empty();
        }
    }

    private void add(Class<?> type) {
        ModuleLayer layer = type.getModule().getLayer();
        if (layer != null && type.getModule().isNamed()) {
            layer.configuration().findModule(type.getModule().getName()).ifPresent(this::addWithAllItReads);
            return;
        }
        CodeSource source = type.getProtectionDomain().getCodeSource();
        URL location = source == null ? null : source.getLocation();
        try {
            add(type.getName(), location == null ? Optional.empty() : Optional.of(location.toURI()));
        } catch (URISyntaxException e) {
            unusable.add(type.getName() + " comes from " + location);
        }
    }

    private void addWithAllItReads(ResolvedModule module) {
        Deque<ResolvedModule> left = new ArrayDeque<>(List.of(module));
        Set<ResolvedModule> seen = new HashSet<>(left);
        while (!left.isEmpty()) {
            ResolvedModule next = left.remove();
            ModuleReference reference = next.reference();
            if (isOfTheJdk(next.name())) {
                continue;
            }
            add(next.name(), reference.location());
            next.reads().stream().filter(seen::add).forEach(left::add);
        }
    }

    private static boolean isOfTheJdk(String module) {
        return ModuleLayer.boot()
                        .configuration()
                        .findModule(module)
                        .flatMap(found -> found.reference().location())
                        .filter(uri -> "jrt".equals(uri.getScheme()))
                        .isPresent()
                && (module.startsWith("java.") || module.startsWith("jdk."));
    }

    private void add(String what, Optional<URI> location) {
        if (location.isPresent() && "file".equals(location.get().getScheme())) {
            Path file = Path.of(location.get());
            if (Files.isReadable(file) && !file.toString().contains(File.pathSeparator)) {
                add(file);
                return;
            }
        }
        unusable.add(what + " comes from " + location.map(URI::toString).orElse("an unknown place"));
    }

    private void add(Path file) {
        entries.add(file.toAbsolutePath().toString());
    }
}
