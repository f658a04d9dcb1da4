package io.nbguard.api.schedule;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.ScheduleId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A schedule as it stood at one moment.
 *
 * @param id its id
 * @param spec what was asked for
 * @param createdAt when it was added
 * @param state whether it fires
 * @param nextFireAt when it is due next, without jitter; a paused schedule has one too; empty once it is finished
 * @param lastFire what became of its latest fire
 * @param underWay its executions that have not ended
 * @param started how many executions it has started
 * @param skipped how many fires started none
 */
public record Schedule(
        ScheduleId id,
        ScheduleSpec spec,
        Instant createdAt,
        ScheduleState state,
        Optional<Instant> nextFireAt,
        Optional<ScheduleFire> lastFire,
        List<ExecutionId> underWay,
        long started,
        long skipped) {

    /** Keeps its own copy of the list. */
    public Schedule {
        underWay = List.copyOf(underWay);
    }
}
