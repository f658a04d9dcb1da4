package io.nbguard.server.shape;

import io.nbguard.api.GuardException;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.history.HistoryQuery;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.core.NotebookGuard;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the last run of each schedule ended: that a schedule has started something says nothing of how it goes. Of what the
 * guard remembers, else of the history. For any thread.
 */
final class LastRuns {

    private static final Logger LOG = LoggerFactory.getLogger(LastRuns.class);

    /** What the history has said; true for as long as the schedule starts nothing. */
    private record Past(long started, Optional<ExecutionRecord> record) {}

    private final NotebookGuard guard;
    private final Map<ScheduleId, Past> past = new ConcurrentHashMap<>();

    LastRuns(NotebookGuard guard) {
        this.guard = guard;
    }

    /** Returns the last run of each of these schedules; those that have none which has ended are left out. */
    Map<ScheduleId, ExecutionRecord> of(List<Schedule> schedules) {
        Map<ScheduleId, ExecutionRecord> remembered = new HashMap<>();
        for (Execution execution : guard.executions()) {
            ExecutionRecord record = execution.record();
            // In the order in which they were asked for: the last one stays.
            record.schedule().filter(id -> record.state().isEnd()).ifPresent(id -> remembered.put(id, record));
        }
        Map<ScheduleId, ExecutionRecord> runs = new HashMap<>();
        for (Schedule schedule : schedules) {
            Optional.ofNullable(remembered.get(schedule.id()))
                    .or(() -> ofHistory(schedule))
                    // Not one of an earlier schedule of that id.
                    .filter(record -> !record.lifecycle().submittedAt().isBefore(schedule.createdAt()))
                    .ifPresent(record -> runs.put(schedule.id(), record));
        }
        return runs;
    }

    /** Forgets schedules that are there no more. */
    void keepOnly(Collection<ScheduleId> present) {
        past.keySet().retainAll(present);
    }

    private Optional<ExecutionRecord> ofHistory(Schedule schedule) {
        if (schedule.started() == 0) {
            return Optional.empty();
        }
        Past known = past.get(schedule.id());
        if (known != null && known.started() == schedule.started()) {
            return known.record();
        }
        try {
            Optional<ExecutionRecord> last = guard
                    .history()
                    .executions(
                            HistoryQuery.latest(schedule.underWay().size() + 1).startedBy(schedule.id()))
                    .items()
                    .stream()
                    .filter(record -> record.state().isEnd())
                    .findFirst();
            if (schedule.underWay().isEmpty()) {
                past.put(schedule.id(), new Past(schedule.started(), last));
            }
            return last;
        } catch (GuardException e) {
            LOG.debug("how the last run of schedule {} ended cannot be read", schedule.id(), e);
            return Optional.empty();
        }
    }
}
