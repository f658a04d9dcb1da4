package io.nbguard.papermill.launch;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A command under way. Signals return at once and may be sent by any thread, also after the end. */
public interface RunningPython {

    /**
     * Returns what it prints on standard output and standard error, in the order it arrives. To be called once.
     *
     * @throws IOException if that cannot be read
     */
    InputStream output() throws IOException;

    /** Has it go on when this JVM dies, if it was started to be able to. */
    void outliveHost();

    /** Sends SIGINT to the command itself. */
    void interrupt();

    /** Sends SIGTERM to the command itself. */
    void terminate();

    /** Ends the command and everything that descends from it. */
    void kill();

    /**
     * Waits for the end, but not longer than this.
     *
     * @return whether it has ended
     * @throws InterruptedException if this thread is interrupted; the command goes on
     */
    boolean await(Duration longest) throws InterruptedException;

    /**
     * Waits until the command and whatever it left behind are gone.
     *
     * @throws InterruptedException if this thread is interrupted; the command goes on
     */
    PythonEnd await() throws InterruptedException;

    /** Returns when it ended, if it had when it was taken up; empty otherwise. */
    Optional<Instant> endedAt();
}
