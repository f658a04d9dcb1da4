package io.nbguard.core.schedule;

import io.nbguard.api.GuardException;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRequest;

/** Starts executions in two steps: between them the fire that an execution is for can be claimed. Any thread. */
@FunctionalInterface
public interface ExecutionStarter {

    /**
     * Makes an execution that publishes no event and leaves nothing behind before it is started.
     *
     * @throws GuardException if the request is refused
     */
    Prepared prepare(ExecutionRequest request);

    /** An execution that was made and not started. */
    interface Prepared {

        /** Returns it. */
        Execution execution();

        /**
         * Starts it, once; if the guard was closed meanwhile, it ends at once, as one that waited does.
         *
         * @param permit what is asked when it is its turn to be launched
         */
        Execution start(LaunchPermit permit);
    }
}
