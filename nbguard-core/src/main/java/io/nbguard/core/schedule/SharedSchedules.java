package io.nbguard.core.schedule;

import io.nbguard.api.GuardClock;
import io.nbguard.api.GuardException;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.core.event.EventSink;
import io.nbguard.spi.store.StoredSchedule;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the schedules of this guard equal to those of its store, which other guards change as well. A trigger that one of
 * them names may be a plugin: the scheduler's thread does not wait for it. The scheduler's thread, but for {@link #restore}.
 */
final class SharedSchedules {

    private static final Logger LOG = LoggerFactory.getLogger(SharedSchedules.class);

    /** Understands stored schedules. */
    interface Source {

        /** Returns when a schedule is due; throws if there is no such trigger. Asks no trigger. */
        FireTimes times(StoredSchedule stored);

        /** Reports a trigger that fails; returns why the schedule is refused. */
        GuardException refused(StoredSchedule stored, Throwable failure);
    }

    private final ScheduleBook book;
    private final Source source;
    private final TriggerDesk desk;
    private final EventSink events;
    private final GuardClock clock;
    private final Set<ScheduleId> notUnderstood = new HashSet<>();
    // Those of which a trigger is being asked.
    private final Set<ScheduleId> asked = new HashSet<>();

    SharedSchedules(ScheduleBook book, Source source, TriggerDesk desk, EventSink events, GuardClock clock) {
        this.book = book;
        this.source = source;
        this.desk = desk;
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

    /**
     * Takes a schedule up as it is in the store, once its trigger has accepted it. A problem is reported once.
     *
     * @param answers runs what follows from the trigger's answer on the scheduler's thread
     */
    void takeUp(StoredSchedule stored, Consumer<Runnable> answers) {
        ScheduleId id = stored.schedule().id();
        if (!asked.add(id)) {
            return;
        }
        try {
            FireTimes times = source.times(stored);
            desk.ask(
                    times.trigger(),
                    () -> entry(stored, times),
                    entry -> answers.accept(() -> {
                        asked.remove(id);
                        if (put(entry)) {
                            LOG.info("schedule {} was added by another guard", id);
                        }
                    }),
                    broken -> answers.accept(() -> {
                        asked.remove(id);
                        leaveOut(stored, source.refused(stored, broken));
                    }));
        } catch (RuntimeException | LinkageError e) {
            asked.remove(id);
            leaveOut(stored, e);
        } catch (Error e) {
            // No memory, no thread: it is asked again at the next look.
            asked.remove(id);
            throw e;
        }
    }

    /** Takes a schedule up as it stands in the store; returns whether that is done. Before the scheduler's thread starts. */
    boolean restore(StoredSchedule stored) {
        try {
            FireTimes times = source.times(stored);
            return put(understood(stored, times));
        } catch (RuntimeException | LinkageError e) {
            leaveOut(stored, e);
            return false;
        }
    }

    private ScheduleEntry understood(StoredSchedule stored, FireTimes times) {
        try {
            return desk.ask(times.trigger(), () -> entry(stored, times));
        } catch (RuntimeException | LinkageError e) {
            throw source.refused(stored, e);
        }
    }

    private static ScheduleEntry entry(StoredSchedule stored, FireTimes times) {
        // A trigger that does not understand its expression any more says so now and not at the first fire.
        stored.schedule().nextFireAt().ifPresent(times::after);
        return ScheduleEntry.of(stored, times);
    }

    private boolean put(ScheduleEntry entry) {
        notUnderstood.remove(entry.id);
        return book.restore(entry);
    }

    private void leaveOut(StoredSchedule stored, Throwable why) {
        ScheduleId id = stored.schedule().id();
        if (notUnderstood.add(id)) {
            LOG.warn("schedule {} is not taken up; it stays in the history store", id, why);
            events.publish(new GuardEvent.ScheduleNotRestored(
                    clock.instant(),
                    id,
                    stored.schedule().spec().request().notebook(),
                    String.valueOf(why.getMessage())));
        }
    }

    /** Replaces a schedule by the one that another guard has made under the same ID. */
    void replace(ScheduleEntry entry, StoredSchedule stored, Consumer<Runnable> answers) {
        book.removedElsewhere(entry);
        takeUp(stored, answers);
    }
}
