package io.nbguard.spi;

import io.nbguard.api.ExecutionRequest;
import io.nbguard.api.GuardException;
import java.util.Map;

/**
 * Runs notebooks: papermill on this machine, a Docker container, a Slurm job. Reports facts; core owns states, verdicts,
 * time-outs and where the output is kept.
 */
public interface Executor extends Plugin {

    /**
     * Says whether it can work here, without changing anything. May take a second or two.
     *
     * @param configuration the guard's settings, by name
     */
    Readiness check(Map<String, String> configuration);

    /**
     * Starts an execution. May take minutes (a Python environment may have to be made); honours interruption by cleaning
     * up and throwing.
     *
     * @param request what to run
     * @param context where, and whom to tell
     * @return the execution under way
     * @throws GuardException if it cannot be started: the message says why, for the user
     * @throws InterruptedException if the launch was interrupted; nothing is left of it
     */
    LaunchedExecution launch(ExecutionRequest request, LaunchContext context) throws InterruptedException;
}
