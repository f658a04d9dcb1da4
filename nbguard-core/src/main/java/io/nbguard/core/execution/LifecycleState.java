package io.nbguard.core.execution;

import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.execution.StopMode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where an execution stands: immutable, replaced as a whole by compare-and-set, so that a state, the reason for it and the
 * wish to stop never contradict each other.
 *
 * @param step counts state changes from 1
 * @param state where it is in its life
 * @param since when that state began
 * @param cause why nbguard is ending it; null while it does not
 * @param stop how it is to be ended; null while it is not
 * @param exited whether its own end was seen before any wish to stop: then none is accepted any more
 * @param verdict how it ended; null before its end
 * @param before how it stood when the previous state ended; null for the first state
 * @param detail why it is in this state, for a person; null where the state says it
 * @param interrupted what a lost contact has interrupted; null where none has, or where that is not known
 */
record LifecycleState(
        int step,
        ExecutionState state,
        Instant since,
        @Nullable EndCause cause,
        @Nullable StopMode stop,
        boolean exited,
        @Nullable Verdict verdict,
        @Nullable LifecycleState before,
        @Nullable String detail,
        @Nullable Interrupted interrupted) {

    /**
     * What goes on when a lost contact is restored.
     *
     * @param state its state
     * @param detail why it was in it; null where the state says it
     */
    record Interrupted(ExecutionState state, @Nullable String detail) {}

    static LifecycleState first(ExecutionState state, Instant now) {
        return new LifecycleState(1, state, now, null, null, false, null, null, null, null);
    }

    /** Returns the same without the earlier states, which are not needed any more. */
    LifecycleState alone() {
        return before == null
                ? this
                : new LifecycleState(step, state, since, cause, stop, exited, verdict, null, detail, interrupted);
    }

    /**
     * Returns the state after a step to {@code next}, or null where the table of states has no such step. A state may be
     * reported again with another detail.
     */
    @Nullable LifecycleState to(ExecutionState next, @Nullable String why, Instant now) {
        boolean another = state == next && why != null && !why.equals(detail);
        return another || state.canBecome(next)
                ? new LifecycleState(step + 1, next, now, cause, stop, exited, verdict, this, why, interruptedBy(next))
                : null;
    }

    private @Nullable Interrupted interruptedBy(ExecutionState next) {
        if (next != ExecutionState.CONTACT_LOST) {
            return null;
        }
        return state == next ? interrupted : new Interrupted(state, detail);
    }

    /** Returns the standing that a lost contact has interrupted, or null where none has. */
    @Nullable LifecycleState restored(Instant now) {
        if (state != ExecutionState.CONTACT_LOST) {
            return null;
        }
        // One that was taken up with its contact lost: its engine's answer is reported next.
        return interrupted == null
                ? to(ExecutionState.LAUNCHING, null, now)
                : to(interrupted.state(), interrupted.detail(), now);
    }

    /** Returns whether the watchdog may end it: it was launched, its own end was not seen, and it is not being killed. */
    boolean mayBeCondemned() {
        return !exited
                && switch (state) {
                    case LAUNCHING, WAITING, RUNNING, SUSPENDED, CONTACT_LOST -> true;
                    case TERMINATING -> stop == StopMode.GRACEFUL;
                    case QUEUED, ADMITTED, COMPLETED, FAILED, KILLED, LOST -> false;
                };
    }

    /**
     * Returns the standing once the watchdog has condemned it, or null where it may not. A graceful stop that is under way
     * becomes this kill, reason and all: it is what ends the execution.
     */
    @Nullable LifecycleState condemned(EndCause why, Instant now) {
        if (!mayBeCondemned()) {
            return null;
        }
        return state == ExecutionState.TERMINATING
                ? new LifecycleState(step, state, since, why, StopMode.IMMEDIATE, false, null, before, null, null)
                : ending(why, StopMode.IMMEDIATE, now);
    }

    /** Returns the standing once nbguard has decided to end it, or null where it is too late or decided already. */
    @Nullable LifecycleState ending(EndCause why, StopMode mode, Instant now) {
        if (exited || cause != null || state.isEnd()) {
            return null;
        }
        LifecycleState next = to(ExecutionState.TERMINATING, null, now);
        return next == null
                ? null
                : new LifecycleState(next.step, next.state, now, why, mode, false, null, next.before, null, null);
    }

    /**
     * Returns the standing once everything is ended at once, or null where it has ended or is being killed already. A
     * graceful stop that is under way becomes this kill.
     */
    @Nullable LifecycleState swept(EndCause why, Instant now) {
        return state == ExecutionState.TERMINATING && stop == StopMode.GRACEFUL && !exited
                ? new LifecycleState(step, state, since, why, StopMode.IMMEDIATE, false, null, before, null, null)
                : ending(why, StopMode.IMMEDIATE, now);
    }

    /** Returns the standing with an immediate stop in place of a graceful one, or null where that changes nothing. */
    @Nullable LifecycleState hastened() {
        return stop == StopMode.GRACEFUL && !state.isEnd()
                ? new LifecycleState(
                        step, state, since, cause, StopMode.IMMEDIATE, exited, verdict, before, detail, interrupted)
                : null;
    }

    /** Returns the standing once its own end was seen, or null where nbguard was ending it already. */
    @Nullable LifecycleState afterExit() {
        return cause != null || exited || state.isEnd()
                ? null
                : new LifecycleState(step, state, since, null, null, true, verdict, before, detail, interrupted);
    }

    /** Returns the standing at the end, or null if it has ended. */
    @Nullable LifecycleState ended(Verdict how, Instant now) {
        LifecycleState next = to(how.state(), null, now);
        return next == null
                ? null
                : new LifecycleState(next.step, next.state, now, cause, stop, exited, how, next.before, null, null);
    }
}
