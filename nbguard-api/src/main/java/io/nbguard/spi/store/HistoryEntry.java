package io.nbguard.spi.store;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.event.EventRecord;
import io.nbguard.api.history.AuditRecord;
import io.nbguard.api.history.UsagePoint;
import java.time.Instant;
import java.util.Optional;

/** Something to be kept. */
public sealed interface HistoryEntry {

    /** An execution as it stands now. */
    record OfExecution(StoredExecution execution) implements HistoryEntry {}

    /** What an execution, or without an id the node, uses. */
    record OfUsage(Optional<ExecutionId> execution, UsagePoint point) implements HistoryEntry {}

    /** Something that happened. */
    record OfEvent(EventRecord event) implements HistoryEntry {}

    /** A schedule as it stands now, for one of several guards: written with {@link StoredSchedule#mergedWith}. */
    record OfSchedule(StoredSchedule schedule) implements HistoryEntry {}

    /**
     * A schedule was removed: the one that was created then, or one of its id from before.
     *
     * @param createdAt when it was created
     * @param at when it was removed
     */
    record ScheduleRemoved(ScheduleId schedule, Instant createdAt, Instant at) implements HistoryEntry {}

    /** A change was requested. */
    record OfAudit(AuditRecord entry) implements HistoryEntry {}
}
