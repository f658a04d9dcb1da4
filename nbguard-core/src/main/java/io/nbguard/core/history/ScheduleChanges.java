package io.nbguard.core.history;

import io.nbguard.api.ScheduleId;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.spi.store.HistoryEntry;
import io.nbguard.spi.store.StoredSchedule;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds which schedules were added, changed or removed by comparing how they stand with what was noticed last. What comes of
 * their fires is none of its business: that is written with each claim. One that a store has kept and that was never seen
 * here is not either. Not safe for use by many threads.
 */
final class ScheduleChanges {

    private record Change(Instant createdAt, Instant changedAt) {}

    private final Map<ScheduleId, Change> noticed = new HashMap<>();

    /**
     * Notices what has changed.
     *
     * @param all every schedule that there is
     */
    void look(List<StoredSchedule> all, Backlog backlog, Instant now) {
        Set<ScheduleId> gone = new HashSet<>(noticed.keySet());
        for (StoredSchedule stored : all) {
            Schedule schedule = stored.schedule();
            gone.remove(schedule.id());
            Change change = new Change(schedule.createdAt(), stored.changedAt());
            if (!change.equals(noticed.put(schedule.id(), change))) {
                backlog.schedule(stored);
            }
        }
        for (ScheduleId id : gone) {
            Change last = noticed.remove(id);
            if (last != null) {
                backlog.scheduleRemoved(new HistoryEntry.ScheduleRemoved(id, last.createdAt(), now));
            }
        }
    }
}
