package io.nbguard.core.schedule;

import io.nbguard.api.ScheduleId;
import io.nbguard.api.execution.Execution;
import java.time.Instant;
import java.util.Optional;

/** Starts executions for fires that other guards have claimed and not launched before they died. */
public interface FireSuccessors {

    /** Takes over nothing. */
    FireSuccessors NONE = (id, dueAt) -> Optional.empty();

    /** An execution that takes the place of one that was not launched. */
    interface Successor {

        /** Returns it. */
        Execution execution();

        /** Starts it, once, after the store has given it the fire. */
        void start();
    }

    /**
     * Makes an execution, of which nothing is left before it is started.
     *
     * @return empty if this guard does not have the schedule, or is being closed
     * @throws io.nbguard.api.GuardException if the request is refused
     */
    Optional<Successor> successorFor(ScheduleId id, Instant dueAt);
}
