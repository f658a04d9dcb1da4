package io.nbguard.spi;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ThreadFactory;

/** What core gives an {@link Executor} for one launch. Safe for use by any thread until the execution's completion. */
public interface LaunchContext {

    /** Returns the execution's id. */
    ExecutionId id();

    /** Returns the notebook: an absolute path of a regular file. */
    Path notebook();

    /** Returns an empty private folder on the file system of the final output: executed notebooks are written here. */
    Path stagingDirectory();

    /** Returns an empty private folder (mode 0700) for temporary files; core deletes it with all that is in it. */
    Path temporaryDirectory();

    /** Returns the group to start processes in; an executor that starts none here leaves it empty. */
    ProcessGroup group();

    /** Returns the guard's settings, by name. */
    Map<String, String> configuration();

    /** Returns the factory for the executor's own threads. */
    ThreadFactory threads();

    /**
     * Returns whether what is started shall go on when this JVM dies, for {@link Executor#takeUp} in another one, from
     * {@link #keep} on; else it shall end with it.
     */
    default boolean outlivesHost() {
        return false;
    }

    /**
     * Leaves word, for another JVM's guard, of the process that {@link #group} has as its root. Until this returns, what was
     * started must still end when this JVM dies: nobody would find it.
     *
     * @throws IOException if that is not possible: it must then go on to end with this JVM
     */
    default void keep() throws IOException {
        throw new IOException("nothing is kept");
    }

    /** Tells that user code may be running from now on. */
    void running();

    /** Tells how far it has come. */
    void progress(Progress progress);

    /** Tells something else worth knowing, for a person, such as "making a Python environment". */
    void note(String message);
}
