package io.nbguard.api.execution;

/** Why an execution ended. Every end but {@link ExecutionState#COMPLETED} has exactly one. */
public enum EndReason {
    /** A cell raised an exception. */
    CELL_ERROR(ExecutionState.FAILED),
    /** The kernel process died under its notebook, and nbguard did not do it. */
    KERNEL_DIED(ExecutionState.FAILED),
    /**
     * What executes it failed, and not its code: the executed notebook could not be written to a full disk, or the executor
     * ended before the notebook did.
     */
    EXECUTOR_FAILED(ExecutionState.FAILED),
    /** No user code ran: no such kernel, unreadable notebook, no Python. */
    START_FAILED(ExecutionState.FAILED),
    /** Ran longer than its request allowed. */
    TIMEOUT(ExecutionState.KILLED),
    /** A stop was requested. */
    USER_STOP(ExecutionState.KILLED),
    /** Its guard was closed before it had ended, as when its host is deployed anew: what to run again. */
    GUARD_CLOSED(ExecutionState.KILLED),
    /** The watchdog ended it to keep the node, or the memory budget, from running out. */
    WATCHDOG_MEMORY(ExecutionState.KILLED),
    /** The kernel's OOM killer took one of its processes. */
    KERNEL_OOM(ExecutionState.KILLED),
    /** Made room for one of higher priority. */
    PREEMPTED(ExecutionState.KILLED),
    /** Everything was ended at once. */
    EMERGENCY(ExecutionState.KILLED),
    /** The engine that ran it removed it from a node of the engine to free resources. */
    EVICTED(ExecutionState.KILLED),
    /** It was cancelled in the engine that ran it, and not by this guard. */
    CANCELLED(ExecutionState.KILLED),
    /** The engine lost the node that it ran on: never the node that nbguard shares with its notebooks. */
    NODE_LOST(ExecutionState.LOST),
    /** The host that ran it went away. */
    ORPHANED(ExecutionState.LOST),
    /** Was never started, and never can be under these limits. */
    REFUSED(ExecutionState.FAILED);

    private final ExecutionState end;

    EndReason(ExecutionState end) {
        this.end = end;
    }

    /** Returns the state that an execution with this reason ends in. */
    public ExecutionState end() {
        return end;
    }
}
