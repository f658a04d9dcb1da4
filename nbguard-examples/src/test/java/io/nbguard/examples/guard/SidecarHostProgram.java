package io.nbguard.examples.guard;

import io.nbguard.api.watchdog.WatchdogMode;
import io.nbguard.core.GuardBuilder;
import io.nbguard.core.NotebookGuard;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A {@link HostProgram} with its watchdog in a sidecar. Takes notebooks for plain Python programs if they are called
 * {@code *.py.ipynb}.
 */
final class SidecarHostProgram {

    private SidecarHostProgram() {}

    public static void main(String[] args) {
        GuardBuilder settings = NotebookGuard.builder()
                .notebooks(Path.of(args[0]))
                .outputs(Path.of(args[1]))
                .storage(s -> s.runtimeDirectory(Path.of(System.getProperty("java.io.tmpdir"), "announced")))
                .watchdog(w -> w.mode(WatchdogMode.SIDECAR));
        if (Arrays.stream(args).anyMatch(name -> name.endsWith(".py.ipynb"))) {
            settings.executor(new PlainPython());
        }
        HostProgram.run(settings, args);
    }
}
