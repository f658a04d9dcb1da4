package io.nbguard.papermill.launch;

import java.io.IOException;

/** Starts a process: as a member of an execution's group, or just so. */
@FunctionalInterface
public interface ProcessStarter {

    /**
     * Starts it.
     *
     * @throws IOException if it could not be started
     */
    Process start(ProcessBuilder builder) throws IOException;
}
