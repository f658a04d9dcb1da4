package io.nbguard.api.execution;

/** The public view of an {@link ExecutionState}: every end other than completed shows as failed. */
public enum ExecutionStatus {
    /** Not ended yet. */
    RUNNING,
    /** Ended, and not by completing. */
    FAILED,
    /** Ran to its last cell. */
    COMPLETED
}
