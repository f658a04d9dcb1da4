package io.nbguard.spi;

import io.nbguard.api.AuditRecord;
import io.nbguard.api.EventRecord;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.Schedule;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.UsagePoint;
import java.util.Optional;

/** Something to be kept. */
public sealed interface HistoryEntry {

    /** An execution as it stands now. */
    record OfExecution(StoredExecution execution) implements HistoryEntry {}

    /** What an execution, or without an id the container, uses. */
    record OfUsage(Optional<ExecutionId> execution, UsagePoint point) implements HistoryEntry {}

    /** Something that happened. */
    record OfEvent(EventRecord event) implements HistoryEntry {}

    /** A schedule as it stands now. */
    record OfSchedule(Schedule schedule) implements HistoryEntry {}

    /** A schedule was removed. */
    record ScheduleRemoved(ScheduleId schedule) implements HistoryEntry {}

    /** Somebody asked for a change. */
    record OfAudit(AuditRecord entry) implements HistoryEntry {}
}
