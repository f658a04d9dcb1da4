package io.nbguard.core.schedule;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardClock;
import io.nbguard.api.GuardException;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.schedule.FireOutcome;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.api.schedule.ScheduleChange;
import io.nbguard.api.schedule.ScheduleFire;
import io.nbguard.api.schedule.ScheduleState;
import io.nbguard.core.event.EventSink;
import io.nbguard.spi.store.StoredSchedule;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Every schedule of a guard and how it stands. All changes of any of them are made here, and published from here in the order
 * in which they are made: what is to outlive the guard has this one place to be written from.
 *
 * <p>Safe for use by any thread. The lock is held for microseconds: no trigger, no start and no listener runs under it.
 */
final class ScheduleBook {

    private static final int FINISHED_KEPT = 1_000;
    private static final int ENDED_KNOWN = 100;

    /** What the scheduler needs to know to reckon with one schedule. */
    record Due(ScheduleEntry entry, Instant first, Instant start, FireTimes times, DueFires.@Nullable Pause pause) {}

    private final EventSink events;
    private final GuardClock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<ScheduleId, ScheduleEntry> entries = new LinkedHashMap<>();
    private final Deque<ScheduleEntry> finishedOldestFirst = new ArrayDeque<>();
    // Schedules that were removed here, the latest, and when they were created: the store may not have that yet.
    private final Map<ScheduleId, Instant> removedHere = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ScheduleId, Instant> eldest) {
            return size() > FINISHED_KEPT;
        }
    };
    private boolean closing;

    ScheduleBook(EventSink events, GuardClock clock) {
        this.events = events;
        this.clock = clock;
    }

    private <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    // What people ask and change.

    Schedule add(ScheduleEntry entry) {
        return locked(() -> {
            if (closing) {
                throw new GuardException(
                        ErrorCode.ILLEGAL_STATE, "the guard is closed: make a new one to schedule notebooks");
            }
            if (entries.putIfAbsent(entry.id, entry) != null) {
                throw new GuardException(
                        ErrorCode.ILLEGAL_STATE,
                        "there is a schedule '" + entry.id + "' already: remove it first, or choose another id");
            }
            return changed(entry, ScheduleChange.ADDED);
        });
    }

    /** Puts in a schedule as it stood when its guard ended, unless there is one of that id. No event: it is not new. */
    boolean restore(ScheduleEntry entry) {
        return locked(() -> {
            if (entries.putIfAbsent(entry.id, entry) != null) {
                return false;
            }
            if (entry.state() == ScheduleState.FINISHED) {
                keepFinished(entry);
            }
            return true;
        });
    }

    List<Schedule> list() {
        return locked(
                () -> entries.values().stream().map(ScheduleEntry::snapshot).toList());
    }

    /** Returns all as they are to be kept. */
    List<StoredSchedule> stored() {
        return locked(() -> entries.values().stream().map(ScheduleEntry::stored).toList());
    }

    Optional<Schedule> find(ScheduleId id) {
        return locked(() -> Optional.ofNullable(entries.get(id)).map(ScheduleEntry::snapshot));
    }

    /** Reads something of one schedule. */
    <T> T read(ScheduleId id, Function<ScheduleEntry, T> reading) {
        return locked(() -> reading.apply(entry(id)));
    }

    private ScheduleEntry entry(ScheduleId id) {
        ScheduleEntry entry = entries.get(id);
        if (entry == null) {
            throw new GuardException(
                    ErrorCode.NOT_FOUND,
                    "there is no schedule '" + id + "': "
                            + (entries.isEmpty() ? "there are none" : "there are " + some(entries.keySet())));
        }
        return entry;
    }

    private static String some(Iterable<ScheduleId> ids) {
        List<String> names = new ArrayList<>();
        for (ScheduleId id : ids) {
            if (names.size() == 10) {
                names.add("…");
                break;
            }
            names.add(id.value());
        }
        return String.join(", ", names);
    }

    Schedule pause(ScheduleId id) {
        return locked(() -> {
            ScheduleEntry entry = entry(id);
            return switch (entry.state()) {
                case PAUSED -> entry.snapshot();
                case FINISHED -> throw finished(entry, "paused");
                case ACTIVE -> {
                    entry.pause = new DueFires.Pause(clock.instant(), null);
                    touch(entry);
                    yield changed(entry, ScheduleChange.PAUSED);
                }
            };
        });
    }

    Schedule resume(ScheduleId id) {
        return locked(() -> {
            ScheduleEntry entry = entry(id);
            DueFires.Pause pause = entry.pause;
            if (entry.state() == ScheduleState.FINISHED) {
                throw finished(entry, "resumed");
            }
            if (pause == null || pause.until() != null) {
                return entry.snapshot();
            }
            // Kept: what came due in it may not have been reckoned with yet.
            entry.pause = new DueFires.Pause(pause.from(), clock.instant());
            touch(entry);
            return changed(entry, ScheduleChange.RESUMED);
        });
    }

    private static GuardException finished(ScheduleEntry entry, String what) {
        return new GuardException(
                ErrorCode.ILLEGAL_STATE,
                "schedule '" + entry.id + "' is finished and cannot be " + what + ": it has no more fires");
    }

    Schedule remove(ScheduleId id) {
        return locked(() -> {
            ScheduleEntry entry = entry(id);
            entries.remove(id);
            finishedOldestFirst.remove(entry);
            removedHere.put(id, entry.createdAt);
            return changed(entry, ScheduleChange.REMOVED);
        });
    }

    /** Notes the time of a change: of two guards that have changed a schedule, the later decides. */
    private void touch(ScheduleEntry entry) {
        Instant now = clock.instant();
        entry.changedAt = now.isAfter(entry.changedAt) ? now : entry.changedAt.plusNanos(1);
    }

    private Schedule changed(ScheduleEntry entry, ScheduleChange change) {
        Schedule schedule = entry.snapshot();
        events.publish(new GuardEvent.ScheduleChanged(clock.instant(), change, schedule));
        return schedule;
    }

    // What the scheduler's thread asks and changes.

    /** Returns those with something to start by {@code now}, the earliest first. */
    List<Due> due(Instant now) {
        return unfinished().stream()
                .filter(due -> !due.start().isAfter(now))
                .sorted(Comparator.comparing(Due::start))
                .toList();
    }

    /** Returns when the next start is planned, or nothing if none is. */
    Optional<Instant> nextStart() {
        return unfinished().stream().map(Due::start).min(Comparator.naturalOrder());
    }

    /** Returns all that are not finished, and about which no question is under way. */
    List<Due> unfinished() {
        return locked(() -> {
            List<Due> due = new ArrayList<>();
            for (ScheduleEntry entry : entries.values()) {
                Instant next = entry.next;
                Instant start = entry.nextStart;
                if (next != null && start != null && !entry.busy) {
                    due.add(new Due(entry, next, start, entry.times, entry.pause));
                }
            }
            return due;
        });
    }

    /** Sets when a schedule is due next, before anything is done about what was due until now: no fire comes twice. */
    void advance(ScheduleEntry entry, FireTimes times, @Nullable Instant next, @Nullable Instant nextStart) {
        locked(() -> {
            entry.times = times;
            entry.next = next;
            entry.nextStart = nextStart;
            return entry;
        });
    }

    /** The clock was put back to {@code now}: a pause that began later begins now. */
    void clockPutBack(ScheduleEntry entry, Instant now) {
        locked(() -> {
            DueFires.Pause pause = entry.pause;
            entry.pause = pause != null && pause.until() == null ? new DueFires.Pause(now, null) : null;
            return entry;
        });
    }

    /** Publishes that a schedule has no more fires; forgets the oldest of too many that have none. */
    void finish(ScheduleEntry entry) {
        locked(() -> {
            if (entries.get(entry.id) == entry) {
                changed(entry, ScheduleChange.FINISHED);
                keepFinished(entry);
            }
            return entry;
        });
    }

    private void keepFinished(ScheduleEntry entry) {
        finishedOldestFirst.addLast(entry);
        if (finishedOldestFirst.size() > FINISHED_KEPT) {
            entries.remove(finishedOldestFirst.removeFirst().id);
        }
    }

    // What is asked of triggers and of the store.

    /** Notes whether a question about a schedule is under way: meanwhile nothing of it is due. */
    void busy(ScheduleEntry entry, boolean busy) {
        locked(() -> entry.busy = busy);
    }

    boolean isAnyBusy() {
        return locked(() -> entries.values().stream().anyMatch(entry -> entry.busy));
    }

    boolean has(ScheduleEntry entry) {
        return locked(() -> entries.get(entry.id) == entry);
    }

    @Nullable Instant nextOf(ScheduleEntry entry) {
        return locked(() -> Optional.ofNullable(entry.next)).orElse(null);
    }

    FireTimes timesOf(ScheduleEntry entry) {
        return locked(() -> entry.times);
    }

    /** Returns what to ask of the store. */
    FireClaims.Wanted wanted(FirePlan plan, Instant until) {
        return locked(() -> {
            ScheduleEntry entry = plan.entry();
            Set<ExecutionId> here = new HashSet<>(entry.executions.keySet());
            here.addAll(entry.endedHere);
            return new FireClaims.Wanted(
                    plan.scheduleAfter(),
                    plan.first(),
                    entry.actedOn(),
                    plan.executions(),
                    here,
                    entry.underWay().size(),
                    until);
        });
    }

    /** A plan was claimed, and is acted on next. */
    void claimed(ScheduleEntry entry, FireTimes times, @Nullable Instant next, @Nullable Instant nextStart) {
        locked(() -> {
            entry.times = times;
            entry.next = next;
            entry.nextStart = nextStart;
            entry.busy = false;
            entry.kept = true;
            entry.trouble = null;
            return entry;
        });
    }

    /** A plan could not be claimed. */
    void unclaimed(ScheduleEntry entry, String reason) {
        locked(() -> {
            entry.busy = false;
            entry.trouble = reason;
            return entry;
        });
    }

    /** Returns why fires with this outcome were not claimed earlier, if that is why they have it. */
    Optional<String> trouble(ScheduleEntry entry, FireOutcome outcome) {
        return outcome == FireOutcome.TOO_LATE
                ? locked(() -> Optional.ofNullable(entry.trouble))
                        .map(why -> "it could not be claimed in the history store: " + why)
                : Optional.empty();
    }

    // What other guards do.

    @Nullable ScheduleEntry entryOf(ScheduleId id) {
        return locked(() -> Optional.ofNullable(entries.get(id))).orElse(null);
    }

    /** Returns whether a stored schedule is none that this guard has, or stands otherwise. */
    boolean isNews(StoredSchedule stored) {
        return locked(() -> {
            Schedule schedule = stored.schedule();
            ScheduleEntry entry = entries.get(schedule.id());
            if (entry == null) {
                Instant removed = removedHere.get(schedule.id());
                return removed == null || schedule.createdAt().isAfter(removed);
            }
            int generation = schedule.createdAt().compareTo(entry.createdAt);
            if (generation == 0) {
                entry.kept = true;
            }
            return !entry.busy
                    && (generation > 0
                            || generation == 0
                                    && (stored.actedOn() > entry.actedOn()
                                            || stored.changedAt().isAfter(entry.changedAt)));
        });
    }

    /** Another guard has removed a schedule. */
    void removedElsewhere(ScheduleEntry entry) {
        locked(() -> {
            entry.busy = false;
            finishedOldestFirst.remove(entry);
            return entries.remove(entry.id, entry);
        });
    }

    /** Leaves out the schedules that the store had and has not any more; returns them. */
    List<ScheduleId> removedElsewhere(Set<ScheduleId> there) {
        return locked(() -> {
            List<ScheduleId> gone = new ArrayList<>();
            for (ScheduleEntry entry : List.copyOf(entries.values())) {
                if (entry.kept && !entry.busy && !there.contains(entry.id)) {
                    entries.remove(entry.id);
                    finishedOldestFirst.remove(entry);
                    gone.add(entry.id);
                }
            }
            return gone;
        });
    }

    /** Returns when a schedule is due next, by the later of what is known here and what another guard has left. */
    @Nullable Instant nextAfter(ScheduleEntry entry, StoredSchedule stored) {
        return locked(() -> stored.actedOn() > entry.actedOn()
                        ? stored.schedule().nextFireAt()
                        : Optional.ofNullable(entry.next))
                .orElse(null);
    }

    /** Sets a schedule to the state that another guard has stored. */
    void follow(ScheduleEntry entry, StoredSchedule stored, @Nullable Instant next, @Nullable Instant nextStart) {
        locked(() -> {
            Schedule schedule = stored.schedule();
            boolean wasFinished = entry.next == null;
            entry.busy = false;
            entry.kept = true;
            entry.trouble = null;
            entry.next = next;
            entry.nextStart = nextStart;
            if (stored.actedOn() > entry.actedOn()) {
                entry.started = schedule.started();
                entry.skipped = schedule.skipped();
                schedule.lastFire().ifPresent(entry.history::add);
            }
            if (stored.changedAt().isAfter(entry.changedAt)) {
                entry.changedAt = stored.changedAt();
                DueFires.Pause pause = entry.pause;
                boolean paused = schedule.state() == ScheduleState.PAUSED;
                if (paused && (pause == null || pause.until() != null)) {
                    entry.pause = new DueFires.Pause(stored.changedAt(), null);
                } else if (!paused && pause != null && pause.until() == null) {
                    entry.pause = new DueFires.Pause(pause.from(), stored.changedAt());
                }
            }
            if (next == null && !wasFinished && entries.get(entry.id) == entry) {
                keepFinished(entry);
            }
            return entry;
        });
    }

    // What comes of fires.

    /** Takes a place for one more execution; returns false if all are taken. {@link #started} or {@link #failed} must follow. */
    boolean reserve(ScheduleEntry entry) {
        return locked(() -> {
            if (entry.underWay().size() + entry.starting >= entry.spec.maxInstances()) {
                return false;
            }
            entry.starting++;
            return true;
        });
    }

    /** An execution was started in a place that was reserved. */
    void started(ScheduleEntry entry, ScheduleFire fire, Execution execution) {
        locked(() -> {
            entry.starting--;
            entry.executions.put(execution.id(), execution);
            entry.started++;
            if (fire.outcome() == FireOutcome.RUN_NOW) {
                touch(entry);
            }
            entry.history.add(fire);
            events.publish(
                    new GuardEvent.ScheduleFired(fire.at(), entry.spec.request().notebook(), fire));
            return entry;
        });
        execution.completion().whenComplete((record, failure) -> ended(entry, execution.id()));
    }

    /** An execution that an earlier guard has started is under way. */
    void goesOn(ScheduleId id, Execution execution) {
        ScheduleEntry found = locked(() -> {
            ScheduleEntry entry = entries.get(id);
            if (entry != null) {
                entry.executions.put(execution.id(), execution);
            }
            return entry;
        });
        if (found != null) {
            execution.completion().whenComplete((record, failure) -> ended(found, execution.id()));
        }
    }

    /** An execution was started for a fire that another guard had claimed: it is counted already. */
    void takenOver(ScheduleEntry entry, ScheduleFire fire, Execution execution) {
        locked(() -> {
            entry.executions.put(execution.id(), execution);
            entry.history.add(fire);
            events.publish(
                    new GuardEvent.ScheduleFired(fire.at(), entry.spec.request().notebook(), fire));
            return entry;
        });
        execution.completion().whenComplete((record, failure) -> ended(entry, execution.id()));
    }

    private void ended(ScheduleEntry entry, ExecutionId execution) {
        locked(() -> {
            entry.endedHere.addLast(execution);
            if (entry.endedHere.size() > ENDED_KNOWN) {
                entry.endedHere.removeFirst();
            }
            return entry.executions.remove(execution);
        });
    }

    /** Nothing was started in a place that was reserved. */
    void failed(ScheduleEntry entry) {
        locked(() -> entry.starting--);
    }

    /** Fires have started nothing. */
    void skipped(ScheduleEntry entry, ScheduleFire fire) {
        locked(() -> {
            entry.skipped += fire.count();
            entry.history.add(fire);
            // The pause itself was published; the fires that it suppresses are only counted.
            if (fire.outcome() != FireOutcome.PAUSED) {
                events.publish(new GuardEvent.ScheduleSkipped(
                        fire.at(), entry.spec.request().notebook(), fire));
            }
            return entry;
        });
    }

    // Closing.

    /** Takes no more schedules. */
    void refuseMore() {
        locked(() -> closing = true);
    }

    boolean isClosing() {
        return locked(() -> closing);
    }
}
