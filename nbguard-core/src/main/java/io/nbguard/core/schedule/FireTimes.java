package io.nbguard.core.schedule;

import io.nbguard.api.ScheduleId;
import io.nbguard.api.event.GuardEvent.PluginMisbehaved.Fault;
import io.nbguard.api.schedule.ScheduleSpec;
import io.nbguard.spi.Trigger;
import io.nbguard.spi.TriggerSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * When one schedule is due: what its trigger says, within its start and its end. Pure and immutable; a trigger may be a
 * plugin, so it is never called under a lock.
 */
final class FireTimes {

    private final Trigger trigger;
    private final ScheduleSpec spec;
    private final TriggerSpec asked;

    /**
     * Makes the times.
     *
     * @param anchor intervals count from here, unless the schedule has a start
     */
    FireTimes(Trigger trigger, ScheduleSpec spec, Instant anchor) {
        this.trigger = trigger;
        this.spec = spec;
        asked = new TriggerSpec(spec.expression(), spec.zone(), spec.start().orElse(anchor));
    }

    /** Returns whose times they are. */
    Trigger trigger() {
        return trigger;
    }

    /** Returns the same times, with intervals that count from no later than {@code now}. */
    FireTimes anchoredBy(Instant now) {
        return asked.anchor().isAfter(now) ? new FireTimes(trigger, spec, now) : this;
    }

    /**
     * Returns the first due time strictly after {@code after} and not before the start; nothing if the end, or that of
     * the trigger, comes first.
     *
     * @throws IllegalArgumentException as the trigger does, about the expression
     * @throws TriggerBroken if the trigger breaks its contract
     */
    Optional<Instant> after(Instant after) {
        // The start itself may be due.
        Instant from = spec.start()
                .map(start -> start.minusNanos(1))
                .filter(after::isBefore)
                .orElse(after);
        Optional<Instant> next = trigger.nextFireAfter(asked, from);
        if (next == null || next.filter(due -> !due.isAfter(from)).isPresent()) {
            throw new TriggerBroken(
                    Fault.INVALID_ANSWER,
                    "it was asked for a fire after " + from + " and answered "
                            + (next == null
                                    ? "null"
                                    : next.map(Instant::toString).orElse("")) + ": expected a later moment, or none",
                    null);
        }
        return next.filter(due -> spec.end().filter(due::isAfter).isEmpty());
    }

    /** Returns the first due times strictly after {@code after}, {@code count} of them at most. */
    List<Instant> after(Instant after, int count) {
        List<Instant> times = new ArrayList<>();
        Optional<Instant> due = after(after);
        while (due.isPresent() && times.size() < count) {
            times.add(due.get());
            due = times.size() < count ? after(due.get()) : Optional.empty();
        }
        return times;
    }

    /**
     * Returns when the execution for {@code due} is to start: put off by the jitter, but neither into the next fire nor
     * beyond the end. The same for the same schedule and fire, always.
     */
    Instant start(ScheduleId id, Instant due) {
        if (spec.jitter().isZero()) {
            return due;
        }
        Duration most = spec.jitter();
        most = shorter(most, due, after(due));
        most = shorter(most, due, spec.end());
        return most.isZero() ? due : due.plusNanos(Math.floorMod(noise(id, due), most.toNanos()));
    }

    private static Duration shorter(Duration most, Instant due, Optional<Instant> bound) {
        return bound.map(moment -> Duration.between(due, moment))
                .filter(room -> room.compareTo(most) < 0)
                .orElse(most);
    }

    /** Spreads schedules of one moment, and the moments of one schedule, evenly: the finalizer of SplitMix64. */
    private static long noise(ScheduleId id, Instant due) {
        long bits = due.toEpochMilli() + id.value().hashCode() * 0x9E3779B97F4A7C15L;
        bits = (bits ^ bits >>> 30) * 0xBF58476D1CE4E5B9L;
        bits = (bits ^ bits >>> 27) * 0x94D049BB133111EBL;
        return bits ^ bits >>> 31;
    }
}
