package io.nbguard.api.execution;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Where an execution is in its life. The table in this file is the only place that says which step may follow which:
 *
 * <pre>
 * QUEUED → ADMITTED → LAUNCHING → WAITING → RUNNING ⇄ SUSPENDED → TERMINATING → COMPLETED | FAILED | KILLED | LOST
 *                     LAUNCHING, WAITING, RUNNING, SUSPENDED ⇄ CONTACT_LOST
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
    /** The engine has accepted it and has not started it; the record's message is the engine's reason. */
    WAITING,
    /** User code may be running. */
    RUNNING,
    /** Stopped in place; still holds its memory. */
    SUSPENDED,
    /**
     * The engine that runs it does not answer: it may be running, and it may have ended. Not an end; it is asked again until the
     * engine answers. The record's message says why.
     */
    CONTACT_LOST,
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
        NEXT.put(LAUNCHING, EnumSet.of(WAITING, RUNNING, CONTACT_LOST, TERMINATING, COMPLETED, FAILED, KILLED, LOST));
        NEXT.put(WAITING, EnumSet.of(RUNNING, CONTACT_LOST, TERMINATING, COMPLETED, FAILED, KILLED, LOST));
        // An engine may put it back into its queue, as after the loss of a node.
        NEXT.put(RUNNING, EnumSet.of(WAITING, SUSPENDED, CONTACT_LOST, TERMINATING, COMPLETED, FAILED, KILLED, LOST));
        NEXT.put(SUSPENDED, EnumSet.of(RUNNING, CONTACT_LOST, TERMINATING, FAILED, KILLED, LOST));
        NEXT.put(
                CONTACT_LOST,
                EnumSet.of(LAUNCHING, WAITING, RUNNING, SUSPENDED, TERMINATING, COMPLETED, FAILED, KILLED, LOST));
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
