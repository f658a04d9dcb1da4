package io.nbguard.spi.process;

/** Why the processes of a group are frozen. Each reason is one hold, see {@link ProcessGroup#freeze}. */
public enum FreezeReason {
    /** The watchdog lets a victim die first, for at most 250 ms. */
    BYSTANDER,
    /** A user has paused the execution. */
    USER,
    /** The executor needs its processes to stand still, such as for a checkpoint. */
    EXECUTOR
}
