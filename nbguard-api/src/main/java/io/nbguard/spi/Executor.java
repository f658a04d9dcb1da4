package io.nbguard.spi;

import io.nbguard.api.ExecutionRequest;
import io.nbguard.api.GuardException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Runs notebooks: papermill on this machine, a Docker container, a Slurm job. Reports facts; core owns states, verdicts,
 * time-outs and where the output is kept.
 */
public interface Executor extends Plugin {

    /**
     * Returns the extensions of the files that it runs, such as {@code ipynb} or {@code sh}: letters and digits, without the
     * dot; never empty, always the same. The guard lists the files in its notebooks folder whose names end in one of them,
     * and accepts no others.
     */
    default Set<String> extensions() {
        return Set.of("ipynb");
    }

    /**
     * Says whether it can work here, without changing anything. May take a second or two.
     *
     * @param configuration the guard's settings, by name
     */
    Readiness check(Map<String, String> configuration);

    /**
     * Returns the names that a notebook knows as parameters, so that a request with another one, which may be a slip, is
     * refused before anything starts. May read the notebook, on the thread that asks to run it.
     *
     * @param notebook its file
     * @return empty if it does not say: then any may be set
     */
    default Optional<Set<String>> parameterNames(Path notebook) {
        return Optional.empty();
    }

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

    /**
     * Takes up an execution that was launched in another JVM, with {@link LaunchContext#outlivesHost}, and whose JVM is dead.
     * It may have ended meanwhile: then its completion tells how.
     *
     * @param request what was run
     * @param context the folders that the launch was given, with what is in them; a group of those of its processes that
     *     live, with their root, or an empty one
     * @return the execution; empty if it cannot be taken up: what lives of it is then killed
     * @throws GuardException if it cannot be taken up, and the message says why
     * @throws InterruptedException if this was interrupted; everything is as it was
     */
    default Optional<LaunchedExecution> takeUp(ExecutionRequest request, LaunchContext context)
            throws InterruptedException {
        return Optional.empty();
    }
}
