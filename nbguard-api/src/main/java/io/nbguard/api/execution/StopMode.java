package io.nbguard.api.execution;

/** How to stop an execution. Either way, when the stop is done nothing of the execution is alive (spec A3). */
public enum StopMode {
    /** Kill the whole tree now. */
    IMMEDIATE,
    /** Interrupt, wait; terminate, wait; then kill the tree (spec A4). */
    GRACEFUL
}
