package io.nbguard.core.schedule;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.schedule.FireOutcome;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.api.schedule.ScheduleFire;
import io.nbguard.api.schedule.ScheduleState;
import io.nbguard.spi.store.StoredSchedule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is to become of everything that has come due of one schedule, once it is claimed.
 *
 * @param entry the schedule
 * @param first when the first fire was due
 * @param steps what becomes of each, in their order
 * @param times the schedule's times then
 * @param next when it is due next; null if never
 * @param nextStart when the execution for that is to start; null if there is none
 */
record FirePlan(
        ScheduleEntry entry,
        Instant first,
        List<Step> steps,
        FireTimes times,
        @Nullable Instant next,
        @Nullable Instant nextStart) {

    /**
     * A fire, or several in a row that start nothing.
     *
     * @param fire what becomes of it
     * @param prepared what is to be started, in a place that was reserved; null if nothing is
     */
    record Step(ScheduleFire fire, ExecutionStarter.@Nullable Prepared prepared) {}

    List<FireClaims.Start> executions() {
        List<FireClaims.Start> executions = new ArrayList<>();
        for (Step step : steps) {
            ExecutionStarter.Prepared prepared = step.prepared();
            if (prepared != null) {
                executions.add(
                        new FireClaims.Start(prepared.execution(), step.fire().dueAt()));
            }
        }
        return executions;
    }

    long starts() {
        return steps.stream().filter(step -> step.prepared() != null).count();
    }

    long skips() {
        return steps.stream()
                .filter(step -> step.prepared() == null)
                .mapToLong(step -> step.fire().count())
                .sum();
    }

    ScheduleFire lastFire() {
        return steps.get(steps.size() - 1).fire();
    }

    /** Returns how the schedule stands once this is acted on. */
    StoredSchedule scheduleAfter() {
        ScheduleState then = next == null
                ? ScheduleState.FINISHED
                : entry.pause != null && entry.pause.until() == null ? ScheduleState.PAUSED : ScheduleState.ACTIVE;
        return new StoredSchedule(
                new Schedule(
                        entry.id,
                        entry.spec,
                        entry.createdAt,
                        then,
                        Optional.ofNullable(next),
                        Optional.of(lastFire()),
                        entry.underWay(),
                        entry.started + starts(),
                        entry.skipped + skips()),
                entry.changedAt,
                false);
    }

    /** Returns the same plan with nothing started, because as many executions as may be are under way. */
    FirePlan startingNothing() {
        List<Step> none = steps.stream()
                .map(step -> step.prepared() == null ? step : new Step(full(step.fire()), null))
                .toList();
        return new FirePlan(entry, first, none, times, next, nextStart);
    }

    private static ScheduleFire full(ScheduleFire fire) {
        return new ScheduleFire(
                fire.schedule(),
                FireOutcome.MAX_INSTANCES,
                fire.dueAt(),
                fire.lastDueAt(),
                fire.count(),
                fire.at(),
                Optional.<ExecutionId>empty(),
                Optional.of("executions of other guards among them"));
    }
}
