package io.nbguard.api.execution;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.measure.UsageTotals;
import java.util.Optional;

/**
 * What is known about an execution; final once {@link #state()} is an end.
 *
 * @param id its id
 * @param notebook the name a person gave the notebook, as in the request
 * @param owner the person or service that requested it, if the request names one
 * @param schedule the schedule that started it; empty when a person or a program did
 * @param executor the name of the executor that runs it; empty in records of nbguard 0.1.0
 * @param lifecycle where it is in its life, and when it came there
 * @param progress how far it came
 * @param usage what it used so far; all that it used once it has ended
 * @param outcome how it ended and what it left
 */
public record ExecutionRecord(
        ExecutionId id,
        String notebook,
        Optional<String> owner,
        Optional<ScheduleId> schedule,
        Optional<String> executor,
        ExecutionLifecycle lifecycle,
        Progress progress,
        UsageTotals usage,
        ExecutionOutcome outcome) {

    /** Returns where it is in its life. */
    public ExecutionState state() {
        return lifecycle.state();
    }

    /** Returns the three-word status (spec A6). */
    public ExecutionStatus status() {
        return lifecycle.state().status();
    }
}
