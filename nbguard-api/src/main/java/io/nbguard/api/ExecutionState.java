package io.nbguard.api;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Where an execution is in its life. The table in this file is the only place that says which step may follow which:
 *
 * <pre>
 * QUEUED → ADMITTED → LAUNCHING → RUNNING ⇄ SUSPENDED → TERMINATING → COMPLETED | FAILED | KILLED | LOST
 * </pre>
 *
 * <p>Any state before an end may also go to {@link #TERMINATING} or straight to an end: a queued execution can be
 * stopped, a launch can fail, a running one can finish by itself.
 */
public enum ExecutionState {
    /** Accepted, waiting for its turn. */
    QUEUED,
    /** Its turn has come; nothing was started yet. */
    ADMITTED,
    /** The executor is starting it; no user code ran yet. */
    LAUNCHING,
    /** User code may be running. */
    RUNNING,
    /** Stopped in place; still holds its memory. */
    SUSPENDED,
    /** Being ended: a stop, a time-out or a kill is under way. */
    TERMINATING,
    /** End: ran to its last cell. */
    COMPLETED,
    /** End: went wrong by itself. */
    FAILED,
    /** End: ended by nbguard, by its user or by the kernel. */
    KILLED,
    /** End: nbguard lost sight of it, and cannot say how it ended. */
    LOST;

    private static final Map<ExecutionState, Set<ExecutionState>> NEXT = new EnumMap<>(ExecutionState.class);

    static {
        Set<ExecutionState> ends = EnumSet.of(COMPLETED, FAILED, KILLED, LOST);
        NEXT.put(QUEUED, EnumSet.of(ADMITTED, TERMINATING, FAILED, KILLED, LOST));
        NEXT.put(ADMITTED, EnumSet.of(LAUNCHING, TERMINATING, FAILED, KILLED, LOST));
        NEXT.put(LAUNCHING, EnumSet.of(RUNNING, TERMINATING, COMPLETED, FAILED, KILLED, LOST));
        NEXT.put(RUNNING, EnumSet.of(SUSPENDED, TERMINATING, COMPLETED, FAILED, KILLED, LOST));
        NEXT.put(SUSPENDED, EnumSet.of(RUNNING, TERMINATING, FAILED, KILLED, LOST));
        NEXT.put(TERMINATING, ends);
        for (ExecutionState end : ends) {
            NEXT.put(end, EnumSet.noneOf(ExecutionState.class));
        }
    }

    /** Returns whether {@code next} may follow this state. */
    public boolean canBecome(ExecutionState next) {
        return NEXT.getOrDefault(this, Set.of()).contains(next);
    }

    /** Returns whether this is an end; nothing follows it. */
    public boolean isEnd() {
        return NEXT.getOrDefault(this, Set.of()).isEmpty();
    }

    /** Returns the public three-word view (spec A6). */
    public ExecutionStatus status() {
        if (this == COMPLETED) {
            return ExecutionStatus.COMPLETED;
        }
        return isEnd() ? ExecutionStatus.FAILED : ExecutionStatus.RUNNING;
    }
}
