package io.nbguard.core.schedule;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.Schedule;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.ScheduleSpec;
import io.nbguard.api.ScheduleState;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How one schedule stands. Everything that changes is guarded by the lock of its {@link ScheduleBook}. */
final class ScheduleEntry {

    final ScheduleId id;
    final ScheduleSpec spec;
    final Instant createdAt;
    final FireHistory history = new FireHistory();
    final Set<ExecutionId> underWay = new LinkedHashSet<>();
    FireTimes times;

    /** When it is due next; null once it is finished. */
    @Nullable Instant next;

    /** When the execution for {@link #next} is to start; null once it is finished. */
    @Nullable Instant nextStart;

    Reckoning.@Nullable Pause pause;

    /** Executions that are being started. */
    int starting;

    long started;
    long skipped;

    ScheduleEntry(ScheduleId id, ScheduleSpec spec, Instant createdAt, FireTimes times, @Nullable Instant next) {
        this.id = id;
        this.spec = spec;
        this.createdAt = createdAt;
        this.times = times;
        this.next = next;
        nextStart = next == null ? null : times.start(id, next);
    }

    /** Makes an entry of how a schedule stood when its guard ended; what was under way then is not any more. */
    static ScheduleEntry of(Schedule kept, FireTimes times) {
        ScheduleEntry entry = new ScheduleEntry(
                kept.id(),
                kept.spec(),
                kept.createdAt(),
                times,
                kept.nextFireAt().orElse(null));
        if (kept.state() == ScheduleState.PAUSED) {
            // Since when is not kept: what came due and was not reckoned with came due in it.
            entry.pause = new Reckoning.Pause(kept.createdAt(), null);
        }
        kept.lastFire().ifPresent(entry.history::add);
        entry.started = kept.started();
        entry.skipped = kept.skipped();
        return entry;
    }

    ScheduleState state() {
        if (next == null) {
            return ScheduleState.FINISHED;
        }
        return pause != null && pause.until() == null ? ScheduleState.PAUSED : ScheduleState.ACTIVE;
    }

    Schedule snapshot() {
        return new Schedule(
                id,
                spec,
                createdAt,
                state(),
                Optional.ofNullable(next),
                history.last(),
                List.copyOf(underWay),
                started,
                skipped);
    }
}
