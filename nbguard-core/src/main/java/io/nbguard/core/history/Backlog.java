package io.nbguard.core.history;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.ScheduleId;
import io.nbguard.spi.store.HistoryEntry;
import io.nbguard.spi.store.StoredExecution;
import io.nbguard.spi.store.StoredSchedule;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is still to be written. Of executions and schedules the latest state, never dropped: there are only so many of them.
 * Of events and of usage, in their order, so many each as fit; what does not is counted. Not safe for use by many threads.
 */
final class Backlog {

    /** How many events and how many readings may wait. */
    static final int MOST = 10_000;

    private static final int BATCH = 1_000;

    private final Map<ExecutionId, HistoryEntry> executions = new LinkedHashMap<>();
    private final Map<ScheduleId, HistoryEntry> schedules = new LinkedHashMap<>();
    private final Deque<HistoryEntry> events = new ArrayDeque<>();
    private final Deque<HistoryEntry> usage = new ArrayDeque<>();
    private long lost;

    /** Takes how an execution stands now, instead of how it stood before. */
    void execution(StoredExecution execution) {
        executions.put(execution.record().id(), new HistoryEntry.OfExecution(execution));
    }

    /** Takes how a schedule stands now, instead of how it stood before. */
    void schedule(StoredSchedule schedule) {
        schedules.put(schedule.schedule().id(), new HistoryEntry.OfSchedule(schedule));
    }

    void scheduleRemoved(HistoryEntry.ScheduleRemoved removal) {
        schedules.put(removal.schedule(), removal);
    }

    /** Takes something that happened. */
    void event(HistoryEntry entry) {
        queue(events, entry);
    }

    /** Takes a reading. */
    void usage(HistoryEntry.OfUsage entry) {
        queue(usage, entry);
    }

    private void queue(Deque<HistoryEntry> queue, HistoryEntry entry) {
        if (queue.size() == MOST) {
            lost++;
        } else {
            queue.addLast(entry);
        }
    }

    boolean isEmpty() {
        return size() == 0;
    }

    int size() {
        return executions.size() + schedules.size() + events.size() + usage.size();
    }

    /** Returns whether an execution waits. */
    boolean has(ExecutionId execution) {
        return executions.containsKey(execution);
    }

    /** Returns how many executions wait. */
    int executionsWaiting() {
        return executions.size();
    }

    /** Counts what did not fit elsewhere. */
    void lose(long count) {
        lost += count;
    }

    /** Returns how much did not fit, or could not be written. */
    long lost() {
        return lost;
    }

    /**
     * Returns what to write next. Executions and the schedules that started them go together: after a crash, a fire whose
     * execution is known is then known to have fired.
     */
    List<HistoryEntry> next() {
        List<HistoryEntry> batch = new ArrayList<>();
        batch.addAll(executions.values());
        batch.addAll(schedules.values());
        for (Deque<HistoryEntry> queue : List.of(events, usage)) {
            queue.stream().limit(Math.max(0, BATCH - batch.size())).forEach(batch::add);
        }
        return batch;
    }

    /** Forgets what is written. Quick for what {@link #next} returned: it is in front. */
    void written(List<HistoryEntry> batch) {
        batch.forEach(this::forget);
    }

    /** Forgets an entry that the store cannot take. */
    void discard(HistoryEntry entry) {
        forget(entry);
        lost++;
    }

    private void forget(HistoryEntry entry) {
        if (entry instanceof HistoryEntry.OfExecution written) {
            executions.remove(written.execution().record().id());
        } else if (entry instanceof HistoryEntry.OfSchedule written) {
            schedules.remove(written.schedule().schedule().id());
        } else if (entry instanceof HistoryEntry.ScheduleRemoved written) {
            schedules.remove(written.schedule());
        } else if (entry instanceof HistoryEntry.OfUsage) {
            usage.remove(entry);
        } else {
            events.remove(entry);
        }
    }
}
