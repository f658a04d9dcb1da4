package io.nbguard.spi.store;

import io.nbguard.api.schedule.Schedule;
import io.nbguard.api.schedule.ScheduleState;
import java.time.Instant;
import java.util.Optional;

/**
 * A schedule as it is kept. Several guards may write it; {@link #mergedWith} says what stands then.
 *
 * @param schedule how it stands
 * @param changedAt when it was last changed (added, paused, resumed, or run by hand), by the clock of that guard
 * @param removed whether it was removed: a store remembers that, so that no guard that has not read it puts it back
 */
public record StoredSchedule(Schedule schedule, Instant changedAt, boolean removed) {

    /** Returns how many fires it has acted on: of two views of it, the one with more is later. */
    public long actedOn() {
        return schedule.started() + schedule.skipped();
    }

    /**
     * Returns what stands once {@code written} is written over this. Of two with one id that were created at different
     * times the later stands. Of one, a removal is final, the later change decides whether it is paused, and what was acted
     * on never goes back.
     */
    public StoredSchedule mergedWith(StoredSchedule written) {
        int generation = written.schedule.createdAt().compareTo(schedule.createdAt());
        if (generation != 0) {
            return generation > 0 ? written : this;
        }
        if (removed || written.removed) {
            return removed ? this : written;
        }
        Schedule counted = written.isAheadOf(this) ? written.schedule : schedule;
        StoredSchedule decisive = written.changedAt.isBefore(changedAt) ? this : written;
        ScheduleState state = counted.nextFireAt().isEmpty()
                ? ScheduleState.FINISHED
                : decisive.schedule.state() == ScheduleState.PAUSED ? ScheduleState.PAUSED : ScheduleState.ACTIVE;
        return new StoredSchedule(
                new Schedule(
                        schedule.id(),
                        decisive.schedule.spec(),
                        schedule.createdAt(),
                        state,
                        counted.nextFireAt(),
                        counted.lastFire(),
                        counted.underWay(),
                        counted.started(),
                        counted.skipped()),
                decisive.changedAt,
                false);
    }

    private boolean isAheadOf(StoredSchedule other) {
        if (actedOn() != other.actedOn()) {
            return actedOn() > other.actedOn();
        }
        Optional<Instant> next = schedule.nextFireAt();
        Optional<Instant> others = other.schedule.nextFireAt();
        return next.isEmpty() || others.isPresent() && !next.get().isBefore(others.get());
    }
}
