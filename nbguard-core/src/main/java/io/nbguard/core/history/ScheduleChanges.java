package io.nbguard.core.history;

import io.nbguard.api.Schedule;
import io.nbguard.api.ScheduleId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds what has changed of schedules by comparing how they stand with what was noticed last. One that a store has kept and
 * that was never seen here is none of its business. Not safe for use by many threads.
 */
final class ScheduleChanges {

    private final Map<ScheduleId, Schedule> noticed = new HashMap<>();

    /**
     * Notices what has changed.
     *
     * @param all every schedule that there is
     */
    void look(List<Schedule> all, Backlog backlog) {
        Set<ScheduleId> gone = new HashSet<>(noticed.keySet());
        for (Schedule schedule : all) {
            gone.remove(schedule.id());
            if (!schedule.equals(noticed.put(schedule.id(), schedule))) {
                backlog.schedule(schedule);
            }
        }
        for (ScheduleId id : gone) {
            noticed.remove(id);
            backlog.scheduleRemoved(id);
        }
    }
}
