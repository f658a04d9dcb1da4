package io.nbguard.core.sidecar;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.spi.PluginConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How a sidecar is started: a small JVM that keeps no file, and that no signal from a terminal reaches. */
final class SidecarCommand {

    private static final Path SHELL = Path.of("/bin/sh");

    /** The setting that switches raised priority off; the plugin that reads it raises the sampling thread's own priority. */
    private static final String PRIORITY = "cgroup.priority";

    /** Ignored signals stay ignored over exec, and the JVM leaves them so: a Ctrl-C is the host's to act upon. */
    private static final String LAUNCHER =
            "trap '' HUP INT TERM TSTP TTIN TTOU; setsid=$(command -v setsid); exec $nice $setsid \"$@\"";

    /**
     * Priority for all threads, where it is permitted, and not only for the sampling one, which raises its own further: when
     * the JVM stops them all, that one goes on only after each of the others had its turn.
     */
    private static final String LAUNCHER_WITH_PRIORITY =
            "{ [ \"$(nice -n -10 nice)\" -lt \"$(nice)\" ] && nice='nice -n -10'; } 2>/dev/null; " + LAUNCHER;

    private static final List<String> JVM = List.of(
            "-Xmx16m",
            "-Xss512k",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:ReservedCodeCacheSize=16m",
            // JDK 17 stops all threads once a second to tidy up. That can take 10 ms where notebooks
            // keep the processors busy: the JVM's own thread waits for its turn. The next collection is soon enough.
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:GuaranteedSafepointInterval=0",
            "-XX:+ExitOnOutOfMemoryError",
            // Standard output carries messages, and no file shall be left.
            "-XX:+DisplayVMOutputToStderr",
            "-Xlog:disable",
            "-Xlog:all=warning:stderr",
            "-XX:-UsePerfData",
            "-XX:+ErrorFileToStderr",
            "-XX:-CreateCoredumpOnCrash",
            "--enable-native-access=ALL-UNNAMED",
            "-Dslf4j.internal.verbosity=WARN",
            "-Dslf4j.provider=" + StderrLogging.class.getName());

    private static final List<String> KEPT_VARIABLES =
            List.of("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "XDG_CACHE_HOME");

    private SidecarCommand() {}

    /**
     * Makes the command.
     *
     * @param configuration the plugins' settings
     * @throws GuardException (ENVIRONMENT) if there is no {@code java} to start it with
     */
    static ProcessBuilder of(String classPath, PluginConfig configuration) {
        Path java = Path.of(System.getProperty("java.home", ""), "bin", "java");
        if (!Files.isExecutable(java)) {
            throw new GuardException(
                    ErrorCode.ENVIRONMENT,
                    "the watchdog's sidecar cannot be started: there is no " + java
                            + "; run the host from a whole Java runtime, or leave the watchdog in process");
        }
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(SHELL)) {
            boolean plain = "none"
                    .equalsIgnoreCase(
                            configuration.values().getOrDefault(PRIORITY, "").strip());
            command.addAll(
                    List.of(SHELL.toString(), "-c", plain ? LAUNCHER : LAUNCHER_WITH_PRIORITY, "nbguard-sidecar"));
        }
        command.add(java.toString());
        command.addAll(JVM);
        command.addAll(properties());
        command.addAll(List.of("-cp", classPath, SidecarMain.class.getName()));
        ProcessBuilder builder = new ProcessBuilder(command);
        Map<String, String> environment = builder.environment();
        environment.keySet().retainAll(KEPT_VARIABLES);
        // A C allocator with an arena for every thread would cost more than the heap.
        environment.put("MALLOC_ARENA_MAX", "1");
        return builder;
    }

    /** Where temporary files go, and how JNA finds its library, is as in the host. */
    private static List<String> properties() {
        Map<String, String> kept = new TreeMap<>();
        for (String name : System.getProperties().stringPropertyNames()) {
            if (name.startsWith("jna.") || name.equals("java.io.tmpdir")) {
                kept.put(name, System.getProperty(name));
            }
        }
        return kept.entrySet().stream()
                .map(entry -> "-D" + entry.getKey() + "=" + entry.getValue())
                .toList();
    }
}
