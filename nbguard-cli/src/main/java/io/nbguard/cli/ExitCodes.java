package io.nbguard.cli;

import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionState;

/** What {@code nbguard} returns to the shell. */
final class ExitCodes {

    /** Completed. */
    static final int OK = 0;
    /** The notebook failed, or nbguard could not run it. */
    static final int FAILED = 1;
    /** Usage, or bad input. */
    static final int USAGE = 2;
    /** Ended by the watchdog, to keep memory from running out. */
    static final int WATCHDOG = 3;
    /** Ran longer than it was allowed to. */
    static final int TIMED_OUT = 4;
    /** Interrupted. */
    static final int INTERRUPTED = 130;

    // The same, for --help.
    static final String OK_MEANS = "  0:completed";
    static final String FAILED_MEANS = "  1:the notebook failed, or could not be started";
    static final String USAGE_MEANS = "  2:wrong usage or bad input; nothing was started";
    static final String WATCHDOG_MEANS = "  3:ended by the watchdog, before memory ran out";
    static final String TIMED_OUT_MEANS = "  4:timed out";
    static final String INTERRUPTED_MEANS = "130:interrupted (Ctrl-C); 143 when ended by SIGTERM";

    private ExitCodes() {}

    /** Returns the exit code for an execution that has ended. */
    static int of(ExecutionRecord record) {
        if (record.state() == ExecutionState.COMPLETED) {
            return OK;
        }
        return record.outcome().reason().map(ExitCodes::of).orElse(FAILED);
    }

    private static int of(EndReason reason) {
        return switch (reason) {
            case WATCHDOG_MEMORY -> WATCHDOG;
            case TIMEOUT -> TIMED_OUT;
            case USER_STOP, GUARD_CLOSED -> INTERRUPTED;
            case CELL_ERROR,
                    KERNEL_DIED,
                    EXECUTOR_FAILED,
                    START_FAILED,
                    KERNEL_OOM,
                    PREEMPTED,
                    EVICTED,
                    CANCELLED,
                    NODE_LOST,
                    EMERGENCY,
                    ORPHANED,
                    REFUSED -> FAILED;
        };
    }
}
