package io.nbguard.papermill.launch;

import java.io.IOException;

/** Starts Python. */
public interface PythonLauncher {

    /**
     * Starts a command; nothing that it starts outlives it, or this JVM, but for {@link RunningPython#outliveHost}.
     *
     * @param starter how to start the process that everything of the command descends from
     * @throws IOException if it could not be started
     */
    RunningPython start(PythonCommand command, ProcessStarter starter) throws IOException;
}
