package io.nbguard.spi.executor;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.resource.Allocation;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.process.ProcessGroup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;

/** What core gives an {@link ExecutorSession} for one launch. Safe for use by any thread until the execution's completion. */
public interface LaunchContext {

    /** Returns the execution's id. */
    ExecutionId id();

    /** Returns what it may use. */
    Allocation allocation();

    /** Returns the notebook: an absolute path of a regular file on this machine. */
    Path notebook();

    /** Returns an empty private folder on the file system of the final output: executed notebooks are written here. */
    Path stagingDirectory();

    /** Returns an empty private folder (mode 0700) for temporary files; core deletes it with all that is in it. */
    Path temporaryDirectory();

    /** Returns what copies files to and from an engine without a shared file system. */
    Staging staging();

    /**
     * Returns the group to start processes in; empty for an executor that is {@linkplain ExecutorCapabilities.Location#REMOTE
     * remote}.
     */
    Optional<ProcessGroup> processes();

    /**
     * Returns the group to start processes in.
     *
     * @throws IllegalStateException for an executor that is remote: it starts no processes here
     */
    default ProcessGroup localProcesses() {
        return processes()
                .orElseThrow(
                        () -> new IllegalStateException(
                                "a remote executor has no process group: state ExecutorCapabilities.local() to start processes here"));
    }

    /** Returns the guard's settings, by name. */
    PluginConfig configuration();

    /** Returns the factory for the executor's own threads. */
    ThreadFactory threads();

    /**
     * Returns whether what is started shall go on when this JVM dies, for {@link ExecutorSession#recover} in another one, from
     * {@link #keep} on; else it shall end with it. An engine's execution goes on in either case: then the next guard ends it.
     */
    default boolean outlivesHost() {
        return false;
    }

    /**
     * Keeps an {@link ExecutionHandle} of the execution for another JVM's guard. To a local execution's state the root of
     * {@link #processes} is added. A local execution must end when this JVM dies until this returns: nothing would find it. A
     * remote executor calls this before the engine can start the execution, with a name of its own choice where the engine takes
     * one, else as soon as it knows the engine's id.
     *
     * @param version the form of {@code state}
     * @param state what {@link ExecutorSession#recover} needs to find it again
     * @throws IOException if it cannot be kept: a local execution must then go on to end with this JVM
     */
    void keep(int version, Map<String, String> state) throws IOException;

    /**
     * Reports that the engine has accepted it and has not started it.
     *
     * @param reason the engine's, for a person, such as {@code Resources} or {@code 0/3 nodes are available}
     */
    void waiting(String reason);

    /** Reports that user code may be running from now on. The request's time-out counts from the first such call. */
    void running();

    /**
     * Reports that it cannot be seen how the execution does: the engine does not answer. It may go on meanwhile, so its record
     * does not end. Reported again with another reason where that has changed.
     */
    void contactLost(String why);

    /** Reports that it can be seen again how the execution does; it goes on from the state that it had. */
    void contactRestored();

    /**
     * Reports that the engine has started it anew, as after the loss of a node: progress begins at 0.
     *
     * @param why the engine's reason, for a person
     */
    void restarted(String why);

    /** Reports what the engine says it uses. Only with {@link ExecutorCapabilities.Feature#OWN_USAGE}. */
    void usage(UsageReport report);

    /** Reports how far it has come. */
    void progress(Progress progress);

    /**
     * Reports text that the notebook's code has written. The last line of it is shown with the progress.
     *
     * @param stream {@code stdout} or {@code stderr}
     * @param cell the number of the cell, from 1; 0 if that is not known
     */
    void output(String stream, int cell, String text);

    /** Reports something else worth knowing, for a person, such as "making a Python environment". */
    void note(String message);
}
