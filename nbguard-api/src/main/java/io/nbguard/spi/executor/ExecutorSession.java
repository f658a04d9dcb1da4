package io.nbguard.spi.executor;

import io.nbguard.api.GuardException;
import io.nbguard.api.execution.ExecutionRequest;
import java.util.Optional;

/**
 * An executor at work for one guard: what all its executions share, such as a connection to an engine and the one stream of
 * the engine's events. Methods may be called by any thread, several at a time.
 */
@FunctionalInterface
public interface ExecutorSession extends AutoCloseable {

    /**
     * Starts an execution. May take minutes (a Python environment may have to be made); honours interruption by cleaning
     * up and throwing.
     *
     * @param request what to run
     * @param context what the launch is given, and where to report to
     * @return the execution under way
     * @throws GuardException if it cannot be started: the message says why, for the user
     * @throws InterruptedException if the launch was interrupted; nothing is left of it
     */
    LaunchedExecution launch(ExecutionRequest request, LaunchContext context) throws InterruptedException;

    /**
     * Finds an execution again that was launched in another JVM, which has died, by the handle that its launch gave to
     * {@link LaunchContext#keep}. It may have ended meanwhile: then its completion reports how. An engine that cannot be reached
     * is no reason to throw: return the execution, and report {@link LaunchContext#contactLost}.
     *
     * @param handle what the launch kept
     * @param request what was run
     * @param context the folders that the launch was given, with what is in them, which for a remote execution may also be new and
     *     empty ones, as when another guard has launched it that has its files elsewhere; for a local execution, a group of those of
     *     its processes that live, with their root, or an empty one
     * @return the execution; empty if the engine does not know it any more: what lives of it here is then killed
     * @throws GuardException if it cannot be taken up, and the message says why. With NOT_FOUND it is as if empty was returned; after
     *     anything else that is thrown the record of a remote execution does not end
     * @throws InterruptedException if this was interrupted; everything is as it was
     */
    default Optional<LaunchedExecution> recover(ExecutionHandle handle, ExecutionRequest request, LaunchContext context)
            throws InterruptedException {
        return Optional.empty();
    }

    /**
     * Refuses a request that the engine would refuse, before anything is queued, such as more memory than any of its nodes has.
     * Limits that {@link ExecutorCapabilities#enforcement} does not have are refused by core. Returns at once.
     *
     * @throws GuardException (INVALID_REQUEST, UNSUPPORTED) if it is refused: names the value and what was expected
     */
    default void check(ExecutionRequest request) {}

    /**
     * Returns how the engine does, as last known. Returns at once: what takes time (a dead controller may take 18 s to be
     * recognised) is found out on a thread of the session.
     */
    default EngineHealth health() {
        return EngineHealth.REACHABLE;
    }

    /**
     * Lets go of what the session has opened. Called once, after every execution has ended or was handed over; ends none.
     *
     * <p>It is called on a thread of its own, and waited for, ten seconds at most. So it must not wait for a lock that the host may
     * hold while it closes its guard: the guard is then closed around it, its thread is interrupted and left behind, and what the
     * session holds stays open until the call returns.
     */
    @Override
    default void close() {}
}
