package io.nbguard.core.schedule;

import io.nbguard.api.GuardEvent;
import io.nbguard.api.ScheduleId;
import io.nbguard.core.GuardClock;
import io.nbguard.core.event.EventSink;
import io.nbguard.spi.StoredSchedule;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the schedules of this guard be those of its store, which other guards change as well. The scheduler's thread. */
final class SharedSchedules {

    private static final Logger LOG = LoggerFactory.getLogger(SharedSchedules.class);

    private final ScheduleBook book;
    private final Function<StoredSchedule, ScheduleEntry> understanding;
    private final EventSink events;
    private final GuardClock clock;
    private final Set<ScheduleId> notUnderstood = new HashSet<>();

    /**
     * Makes it.
     *
     * @param understanding makes an entry of a stored schedule, or throws
     */
    SharedSchedules(
            ScheduleBook book,
            Function<StoredSchedule, ScheduleEntry> understanding,
            EventSink events,
            GuardClock clock) {
        this.book = book;
        this.understanding = understanding;
        this.events = events;
        this.clock = clock;
    }

    /** Returns those that stand otherwise in the store than here, after leaving out what was removed there. */
    List<StoredSchedule> news(List<StoredSchedule> stored) {
        Set<ScheduleId> there = new HashSet<>();
        stored.forEach(one -> there.add(one.schedule().id()));
        for (ScheduleId gone : book.removedElsewhere(there)) {
            LOG.info("schedule {} was removed by another guard", gone);
        }
        return stored.stream().filter(book::isNews).toList();
    }

    /** Takes a schedule up that is not here; returns the one that is here, if there is one. */
    @Nullable ScheduleEntry takeUp(StoredSchedule stored) {
        ScheduleEntry present = book.entryOf(stored.schedule().id());
        if (present != null) {
            return present;
        }
        if (restore(stored)) {
            LOG.info("schedule {} was added by another guard", stored.schedule().id());
        }
        return null;
    }

    /** Takes a schedule up as it stands in the store; returns whether that is done. What hinders it is told once. */
    boolean restore(StoredSchedule stored) {
        ScheduleId id = stored.schedule().id();
        try {
            boolean done = book.restore(understanding.apply(stored));
            notUnderstood.remove(id);
            return done;
        } catch (RuntimeException | LinkageError e) {
            if (notUnderstood.add(id)) {
                LOG.warn("schedule {} is not taken up; it stays in the history store", id, e);
                events.publish(new GuardEvent.ScheduleNotRestored(
                        clock.instant(),
                        id,
                        stored.schedule().spec().request().notebook(),
                        String.valueOf(e.getMessage())));
            }
            return false;
        }
    }

    /** Has the schedule that another guard has made anew take the place of one. */
    void replace(ScheduleEntry entry, StoredSchedule stored) {
        book.removedElsewhere(entry);
        restore(stored);
    }
}
