package io.nbguard.spi.store;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.api.schedule.ScheduleState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Fires of one schedule that a guard is to act on: everything that has come due from one moment on. Of all guards with one
 * store, one gets them.
 *
 * @param schedule the schedule as it stands once they are acted on
 * @param first when the first of them was due
 * @param actedOn how many fires of the schedule had been acted on before, as far as the guard knows
 * @param starts what is to be started for them; in the store with the claim, or not at all
 * @param here the executions of the schedule that the guard knows the state of better than the store
 * @param underWayHere how many of {@code here} have not ended
 * @param guard whose claim it is, as in {@link StoredExecution#guard}
 * @param token distinguishes this claim from every other: one that is made again, because its answer was lost, is
 *     the same claim
 * @param at when it is made
 */
public record FireClaim(
        StoredSchedule schedule,
        Instant first,
        long actedOn,
        List<FireStart> starts,
        Set<ExecutionId> here,
        int underWayHere,
        Optional<String> guard,
        String token,
        Instant at) {

    /** Claims from further in the future than this were made by a clock that was wrong, and count for nothing. */
    public static final Duration WRONG_CLOCK = Duration.ofHours(3);

    private static final Duration LEAST_KEPT = Duration.ofDays(1);

    /** Keeps its own copies. */
    public FireClaim {
        starts = List.copyOf(starts);
        here = Set.copyOf(here);
    }

    /** Returns the moment before which claims of the same schedule by their due time are of no use any more. */
    public Instant uselessBefore() {
        Duration grace = schedule.schedule().spec().misfireGrace();
        return first.minus(grace.compareTo(LEAST_KEPT) > 0 ? grace : LEAST_KEPT);
    }

    /**
     * Judges this claim by what a store has. Every store answers so; what it has must not change until the claim is written.
     *
     * @param stored the schedule as it stands in the store, also one that was removed; empty if it was never written
     * @param token the token of the claim that the store has for the same schedule and the same {@code first}, if any
     * @param underWay the executions of the schedule that have not ended, as far as the store knows
     * @return the answer; {@link FireAnswer.Claimed} means that the claim, its executions and its schedule are to be written
     *     now, unless {@code token} is this claim's: then they were
     */
    public FireAnswer judge(Optional<StoredSchedule> stored, Optional<String> token, List<ExecutionId> underWay) {
        if (token.filter(this.token::equals).isPresent()) {
            return new FireAnswer.Claimed();
        }
        Schedule wanted = schedule.schedule();
        if (stored.isPresent()) {
            StoredSchedule there = stored.get();
            int generation = there.schedule().createdAt().compareTo(wanted.createdAt());
            if (generation >= 0 && there.removed()) {
                return new FireAnswer.Removed();
            }
            if (generation > 0
                    || generation == 0
                            && (there.actedOn() > actedOn
                                    || there.changedAt().isAfter(schedule.changedAt())
                                            && isPaused(there) != isPaused(schedule))) {
                return new FireAnswer.Overtaken(there, token.isPresent());
            }
        }
        if (token.isPresent()) {
            return new FireAnswer.Overtaken(stored.orElse(schedule), true);
        }
        long elsewhere = underWay.stream().filter(id -> !here.contains(id)).count();
        if (!starts.isEmpty()
                && elsewhere > 0
                && elsewhere + underWayHere + starts.size() > wanted.spec().maxInstances()) {
            return new FireAnswer.Full(elsewhere);
        }
        return new FireAnswer.Claimed();
    }

    private static boolean isPaused(StoredSchedule stored) {
        return stored.schedule().state() == ScheduleState.PAUSED;
    }
}
