package io.nbguard.core.measure;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.watchdog.KillScenario;
import io.nbguard.spi.process.ProcessGroup;
import java.util.Optional;

/**
 * One execution as the sampling loop knows it: what it must measure, and what it reports to. Methods are called by the sampling
 * thread, return at once and do not throw.
 */
public interface Watched {

    /** Returns the execution's id. */
    ExecutionId id();

    /** Returns the notebook's name for people. */
    String notebook();

    /** Returns the name of the executor that runs it; empty where that is not known. */
    default Optional<String> executor() {
        return Optional.empty();
    }

    /** Returns the priority of its request. */
    int priority();

    /** Returns its own memory limit, if it has one; the same object every time. */
    Optional<ByteSize> memoryLimit();

    /** Returns its processes. */
    ProcessGroup group();

    /** Returns where it is in its life. */
    ExecutionState state();

    /**
     * Returns whether the watchdog may choose it: it was launched, it has not ended, and no kill was sent yet. One that
     * is being stopped gracefully may be chosen: it still holds all its memory, and may go on to take more.
     */
    boolean mayBeCondemned();

    /** Returns how far it has come. */
    Progress progress();

    /** Returns when it was launched, in the guard's monotonic time. */
    long launchedAtNanos();

    /**
     * Takes what its tree has used so far.
     *
     * @param peakBytes the most that it was known to hold, as of now
     * @param cpuNanos processor time of the whole tree
     */
    void measured(long peakBytes, long cpuNanos);

    /** Returns whether what it holds is shown or recorded: if not, PSS is measured for decisions only. */
    default boolean isShown() {
        return true;
    }

    /**
     * Learns that the watchdog has chosen it. Records the reason, so that its end is judged by it, before the signal is sent,
     * and does nothing else: events and log lines follow in {@link #kill}, after the signal.
     *
     * @return whether it may still be killed; false if it has ended or is being ended for another cause
     */
    boolean condemn(KillScenario scenario);

    /** Returns what the watchdog saw when it chose it, wherever that watchdog is; empty if it was not chosen. */
    default Optional<KillScenario> condemnation() {
        return Optional.empty();
    }

    /**
     * Sends the kill: signals the tree at once, publishes the kill, and ensures, on other threads, that nothing of it
     * stays. Called at once after {@link #condemn} agreed.
     */
    void kill();

    /**
     * Takes note that the kernel's OOM killer killed processes of its tree.
     *
     * @param processes how many, since the last time
     * @param where whose limit was reached, or what counted them, for people
     */
    default void takenByKernel(long processes, String where) {}

    /** Returns whether nothing of it is alive any more. */
    boolean gone();
}
