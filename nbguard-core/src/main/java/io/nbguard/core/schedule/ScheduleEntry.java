package io.nbguard.core.schedule;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.api.schedule.ScheduleSpec;
import io.nbguard.api.schedule.ScheduleState;
import io.nbguard.spi.store.StoredSchedule;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How one schedule stands. Everything that changes is guarded by the lock of its {@link ScheduleBook}. */
final class ScheduleEntry {

    final ScheduleId id;
    final ScheduleSpec spec;
    final Instant createdAt;
    final FireHistory history = new FireHistory();

    /** Executions that were started, until their completion is known here. */
    final Map<ExecutionId, Execution> executions = new LinkedHashMap<>();

    FireTimes times;

    /** When it is due next; null once it is finished. */
    @Nullable Instant next;

    /** When the execution for {@link #next} is to start; null once it is finished. */
    @Nullable Instant nextStart;

    DueFires.@Nullable Pause pause;

    /** Executions that are being started. */
    int starting;

    long started;
    long skipped;

    /** When it was last changed, or run by hand. */
    Instant changedAt;

    /** Whether a question about it, to its trigger or to the store, is under way. */
    boolean busy;

    /** Whether the store has it, as far as is known: if it is not there later, it was removed. */
    boolean kept;

    /** Why its fires could not be claimed; null while they can. */
    @Nullable String trouble;

    /** Executions that have ended here, the latest: the store may not have that yet. */
    final Deque<ExecutionId> endedHere = new ArrayDeque<>();

    ScheduleEntry(ScheduleId id, ScheduleSpec spec, Instant createdAt, FireTimes times, @Nullable Instant next) {
        this.id = id;
        this.spec = spec;
        this.createdAt = createdAt;
        changedAt = createdAt;
        this.times = times;
        this.next = next;
        nextStart = next == null ? null : times.start(id, next);
    }

    /** Makes an entry of how a schedule stood when its guard ended; what was under way then is not any more. */
    static ScheduleEntry of(StoredSchedule stored, FireTimes times) {
        Schedule kept = stored.schedule();
        ScheduleEntry entry = new ScheduleEntry(
                kept.id(),
                kept.spec(),
                kept.createdAt(),
                times,
                kept.nextFireAt().orElse(null));
        if (kept.state() == ScheduleState.PAUSED) {
            // Since when is not kept: what came due and was not reckoned with came due in it.
            entry.pause = new DueFires.Pause(kept.createdAt(), null);
        }
        kept.lastFire().ifPresent(entry.history::add);
        entry.started = kept.started();
        entry.skipped = kept.skipped();
        entry.changedAt = stored.changedAt();
        entry.kept = true;
        return entry;
    }

    ScheduleState state() {
        if (next == null) {
            return ScheduleState.FINISHED;
        }
        return pause != null && pause.until() == null ? ScheduleState.PAUSED : ScheduleState.ACTIVE;
    }

    /** Returns the executions that have not ended: an ended one takes no place, even before its completion is reported. */
    List<ExecutionId> underWay() {
        return executions.values().stream()
                .filter(execution -> !execution.state().isEnd())
                .map(Execution::id)
                .toList();
    }

    /** Returns how many fires it has acted on. */
    long actedOn() {
        return started + skipped;
    }

    StoredSchedule stored() {
        return new StoredSchedule(snapshot(), changedAt, false);
    }

    Schedule snapshot() {
        return new Schedule(
                id, spec, createdAt, state(), Optional.ofNullable(next), history.last(), underWay(), started, skipped);
    }
}
