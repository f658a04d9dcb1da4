package io.nbguard.jdbc;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.event.EventRecord;
import io.nbguard.api.history.AuditRecord;
import io.nbguard.spi.store.HistoryEntry;
import io.nbguard.spi.store.StoredExecution;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Entries by table, each in its order: tables know nothing of each other, so that is all the order there is.
 *
 * @param executions each as it stands at the end
 * @param usage points
 * @param events events
 * @param audit audit entries
 * @param scheduleChanges schedules that were changed or removed
 */
record EntryBatch(
        Collection<StoredExecution> executions,
        List<HistoryEntry.OfUsage> usage,
        List<EventRecord> events,
        List<AuditRecord> audit,
        List<HistoryEntry> scheduleChanges) {

    static EntryBatch of(List<HistoryEntry> entries) {
        Map<ExecutionId, StoredExecution> executions = new LinkedHashMap<>();
        List<HistoryEntry.OfUsage> usage = new ArrayList<>();
        List<EventRecord> events = new ArrayList<>();
        List<AuditRecord> audit = new ArrayList<>();
        List<HistoryEntry> scheduleChanges = new ArrayList<>();
        for (HistoryEntry entry : entries) {
            if (entry instanceof HistoryEntry.OfExecution execution) {
                executions.put(execution.execution().record().id(), execution.execution());
            } else if (entry instanceof HistoryEntry.OfUsage point) {
                usage.add(point);
            } else if (entry instanceof HistoryEntry.OfEvent event) {
                events.add(event.event());
            } else if (entry instanceof HistoryEntry.OfAudit asked) {
                audit.add(asked.entry());
            } else {
                scheduleChanges.add(entry);
            }
        }
        return new EntryBatch(executions.values(), usage, events, audit, scheduleChanges);
    }

    /** Returns the schedules that are changed, in an order that is the same in every guard. */
    List<ScheduleId> schedules() {
        return scheduleChanges.stream()
                .map(EntryBatch::schedule)
                .distinct()
                .sorted(Comparator.comparing(ScheduleId::value))
                .toList();
    }

    private static ScheduleId schedule(HistoryEntry change) {
        return change instanceof HistoryEntry.OfSchedule written
                ? written.schedule().schedule().id()
                : ((HistoryEntry.ScheduleRemoved) change).schedule();
    }
}
