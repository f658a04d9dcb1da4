package io.nbguard.api.schedule;

import io.nbguard.api.GuardException;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.execution.Execution;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The schedules of a guard: what it runs by itself, and when (spec D). They live as long as the guard does,
 * and where its history store lasts, a later guard takes them up again.
 *
 * <p>Safe for use by any thread; no method waits for anything. Every method that is given an id throws
 * {@link GuardException} with code NOT_FOUND if there is no schedule of that id.
 */
public interface Schedules {

    /**
     * Adds a schedule. It fires from its start on, or from now; what would have been before now is not made up for.
     *
     * @throws GuardException with code INVALID_REQUEST if the trigger does not understand the expression (the message says
     *     what is wrong and what is expected), if it would never fire, or fires more often than once a second; NOT_FOUND if
     *     there is no such trigger or no such notebook; ILLEGAL_STATE if there is a schedule of that id already, or the guard
     *     is closed
     */
    Schedule add(ScheduleSpec spec);

    /**
     * Returns when a schedule would be due, without adding it.
     *
     * @param count how many times at most, 1 to 1,000
     * @return fewer where its end, or that of its trigger, comes first; without jitter
     * @throws GuardException as {@link #add} does
     * @throws IllegalArgumentException if {@code count} is out of bounds
     */
    List<Instant> preview(ScheduleSpec spec, int count);

    /** Returns all schedules in the order they were added; of those that are finished, the last 1,000. */
    List<Schedule> list();

    /** Returns a schedule. */
    Optional<Schedule> find(ScheduleId id);

    /**
     * Returns when a schedule is due next, as if it were not paused.
     *
     * @param count how many times at most, 1 to 1,000
     * @throws IllegalArgumentException if {@code count} is out of bounds
     */
    List<Instant> next(ScheduleId id, int count);

    /**
     * Returns what became of the schedule's latest fires, the oldest first: up to 100 entries, where fires in a row that
     * were skipped for one reason are one entry.
     */
    List<ScheduleFire> history(ScheduleId id);

    /**
     * Stops a schedule from firing until it is resumed; executions that are under way go on. Harmless if it is paused.
     *
     * @throws GuardException with code ILLEGAL_STATE if it is finished
     */
    Schedule pause(ScheduleId id);

    /**
     * Makes a paused schedule fire again, from now on: what came due meanwhile is not made up for. Harmless if it is active.
     *
     * @throws GuardException with code ILLEGAL_STATE if it is finished
     */
    Schedule resume(ScheduleId id);

    /**
     * Removes a schedule; executions that are under way go on, and one that is being started at this moment still may.
     *
     * @return how it stood
     */
    Schedule remove(ScheduleId id);

    /**
     * Starts an execution of a schedule at once, also of one that is paused or finished.
     *
     * @throws GuardException with code ILLEGAL_STATE if as many of its executions as may be are under way, or the guard is
     *     closed; otherwise as a run of its request does
     */
    Execution runNow(ScheduleId id);
}
