package io.nbguard.spi.executor;

import io.nbguard.api.GuardException;
import io.nbguard.spi.Plugin;
import io.nbguard.spi.PluginConfig;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadFactory;

/**
 * Runs notebooks: papermill on this machine, a Docker container, a Slurm job. Reports facts; core owns states, verdicts,
 * time-outs and where the output is kept. Has no state of its own: that is in the session.
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
     * @param configuration the guard's settings
     */
    Readiness check(PluginConfig configuration);

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
     * Says what it can do with these settings. Returns at once; always the same for the same settings.
     *
     * @param configuration the guard's settings
     */
    default ExecutorCapabilities capabilities(PluginConfig configuration) {
        return ExecutorCapabilities.local();
    }

    /**
     * Opens it for a guard, after {@link #check}. Returns at once: what takes time belongs on a thread of the session.
     *
     * @param configuration the guard's settings
     * @param threads the factory for the session's threads
     * @throws GuardException if it cannot work; the message says why, for the user
     */
    ExecutorSession open(PluginConfig configuration, ThreadFactory threads);
}
