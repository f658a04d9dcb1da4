package io.nbguard.papermill.launch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Notices that a supervisor stands still because it was stopped (SIGSTOP): it could neither end what it holds nor say
 * how its command ended. nbguard itself stops a supervisor never. One thread.
 */
final class StandStill {

    /** How long to wait between two looks. */
    static final long PAUSE_MILLIS = 1000;

    private final long pid;
    private final Runnable stopped;
    private boolean stoodBefore;

    /**
     * Watches a process.
     *
     * @param stopped what to do whenever it is seen to stand still at two looks in a row
     */
    StandStill(long pid, Runnable stopped) {
        this.pid = pid;
        this.stopped = stopped;
    }

    /** Looks at it, while it is known to live. */
    void look() {
        boolean stands = stands();
        if (stands && stoodBefore) {
            stopped.run();
        }
        stoodBefore = stands;
    }

    private boolean stands() {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
            // The name before it may hold anything, but ends at the last parenthesis.
            return stat.startsWith(") T", stat.lastIndexOf(')'));
        } catch (IOException | RuntimeException gone) {
            return false;
        }
    }
}
