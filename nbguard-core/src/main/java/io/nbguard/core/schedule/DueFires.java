package io.nbguard.core.schedule;

import io.nbguard.api.ScheduleId;
import io.nbguard.api.schedule.FireOutcome;
import io.nbguard.api.schedule.ScheduleSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sorts what has come due of one schedule by what is to become of it. Usually that is one fire; after a sleep, a jump of
 * the clock or a pause it may be many. Makes no decision that depends on what runs.
 */
final class DueFires {

    /** So many are counted one by one; beyond, those that are too late anyway are passed over. */
    static final int MOST_COUNTED = 100_000;

    /**
     * Fires in a row with one outcome.
     *
     * @param outcome {@link FireOutcome#STARTED} means that an execution is wanted
     */
    record Stretch(FireOutcome outcome, Instant first, Instant last, long count) {}

    /**
     * When a schedule stood still.
     *
     * @param from since when
     * @param until until when; null if it still does
     */
    record Pause(Instant from, @Nullable Instant until) {

        boolean covers(Instant start) {
            return until == null || !start.isBefore(from) && start.isBefore(until);
        }
    }

    private final ScheduleId id;
    private final ScheduleSpec spec;
    private final FireTimes times;
    private final @Nullable Pause pause;
    private final boolean closing;
    private final Instant now;
    private final List<Stretch> stretches = new ArrayList<>();
    private int wanted;
    private @Nullable Instant lastWanted;

    /** Begins with nothing. */
    DueFires(ScheduleId id, ScheduleSpec spec, FireTimes times, @Nullable Pause pause, boolean closing, Instant now) {
        this.id = id;
        this.spec = spec;
        this.times = times;
        this.pause = pause;
        this.closing = closing;
        this.now = now;
    }

    /**
     * Sorts everything that is due from {@code first} on.
     *
     * @return the next fire time, which is still to come unless too many were due to count them in one go
     * @throws TriggerBroken if the trigger breaks its contract; it may throw anything else too
     */
    Optional<Instant> reckon(Instant first) {
        Optional<Instant> due = Optional.of(first);
        int counted = 0;
        while (due.isPresent() && counted < MOST_COUNTED) {
            Instant start = times.start(id, due.get());
            if (start.isAfter(now)) {
                break;
            }
            sort(due.get(), start);
            counted++;
            due = times.after(due.get());
        }
        if (counted == MOST_COUNTED) {
            Instant hopeless =
                    now.minus(spec.misfireGrace()).minus(spec.jitter()).minusNanos(1);
            if (due.filter(hopeless::isAfter).isPresent()) {
                due = times.after(hopeless);
            }
        }
        if (lastWanted != null) {
            add(FireOutcome.STARTED, lastWanted);
        }
        return due;
    }

    /** Returns what was found, the longest ago first. */
    List<Stretch> stretches() {
        return stretches;
    }

    private void sort(Instant due, Instant start) {
        if (pause != null && pause.covers(start)) {
            add(FireOutcome.PAUSED, due);
        } else if (start.isBefore(now.minus(spec.misfireGrace()))) {
            add(FireOutcome.TOO_LATE, due);
        } else if (closing) {
            add(FireOutcome.GUARD_CLOSING, due);
        } else if (spec.end().filter(now::isAfter).isPresent()) {
            add(FireOutcome.PAST_END, due);
        } else if (spec.coalesce()) {
            if (lastWanted != null) {
                add(FireOutcome.COALESCED, lastWanted);
            }
            lastWanted = due;
        } else {
            // More than may run at once cannot all be started now.
            add(wanted < spec.maxInstances() ? FireOutcome.STARTED : FireOutcome.MAX_INSTANCES, due);
            wanted++;
        }
    }

    private void add(FireOutcome outcome, Instant due) {
        Stretch last = stretches.isEmpty() ? null : stretches.get(stretches.size() - 1);
        if (last != null && last.outcome() == outcome && outcome != FireOutcome.STARTED) {
            stretches.set(stretches.size() - 1, new Stretch(outcome, last.first(), due, last.count() + 1));
        } else {
            stretches.add(new Stretch(outcome, due, due, 1));
        }
    }
}
