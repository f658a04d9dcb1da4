package io.nbguard.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Whether this process may open as many files as the command needs: its jars alone are dozens. */
final class OpenFiles {

    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final String LINE = "Max open files";
    private static final long LEAST = 256;

    private OpenFiles() {}

    /** Returns what is wrong, for a person; empty if all is well, or nothing is known. */
    static Optional<String> problem() {
        try {
            for (String line : Files.readAllLines(LIMITS)) {
                if (line.startsWith(LINE)) {
                    // Soft limit, hard limit, unit. The JVM has raised the soft one as far as it goes.
                    String most = line.substring(LINE.length()).strip().split(" +")[0];
                    return most.matches("\\d{1,9}") && Long.parseLong(most) < LEAST
                            ? Optional.of("only " + most + " files may be open at a time here, and nbguard needs "
                                    + LEAST + " or more: raise the limit, as by 'ulimit -n 1024'")
                            : Optional.empty();
                }
            }
        } catch (IOException e) {
            // Not on Linux.
        }
        return Optional.empty();
    }
}
