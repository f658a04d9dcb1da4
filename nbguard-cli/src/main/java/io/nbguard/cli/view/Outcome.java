package io.nbguard.cli.view;

import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.cli.text.Line;
import io.nbguard.cli.text.Style;
import java.util.Locale;

/** Where an execution is in its life, or how it ended, in one or two words. */
public final class Outcome {

    private Outcome() {}

    /** Returns the words for a record. */
    public static Line of(ExecutionRecord record) {
        return record.outcome().reason().map(Outcome::of).orElseGet(() -> of(record.state()));
    }

    /** Returns the words for a state without a reason. */
    public static Line of(ExecutionState state) {
        String word = state.name().toLowerCase(Locale.ROOT);
        return switch (state) {
            case COMPLETED -> Line.of(word, Style.GOOD);
            case RUNNING -> Line.of(word);
            case TERMINATING, SUSPENDED -> Line.of(word, Style.WARNING);
            case CONTACT_LOST -> Line.of("contact lost", Style.WARNING);
            case FAILED, KILLED, LOST -> Line.of(word, Style.BAD);
            case LAUNCHING -> Line.of("starting", Style.FAINT);
            case WAITING -> Line.of("waiting in engine", Style.FAINT);
            case QUEUED, ADMITTED -> Line.of("waiting", Style.FAINT);
        };
    }

    /** Returns the words for a reason. */
    public static Line of(EndReason reason) {
        return switch (reason) {
            case WATCHDOG_MEMORY -> Line.of("ended by watchdog", Style.ALARM);
            case TIMEOUT -> Line.of("timed out", Style.WARNING);
            case USER_STOP -> Line.of("stopped", Style.WARNING);
            case GUARD_CLOSED -> Line.of("guard closed", Style.WARNING);
            case CELL_ERROR -> Line.of("failed", Style.BAD);
            case KERNEL_DIED -> Line.of("kernel died", Style.BAD);
            case EXECUTOR_FAILED -> Line.of("executor failed", Style.BAD);
            case START_FAILED -> Line.of("did not start", Style.BAD);
            case KERNEL_OOM -> Line.of("out of memory", Style.BAD);
            case PREEMPTED -> Line.of("preempted", Style.WARNING);
            case EVICTED -> Line.of("evicted", Style.WARNING);
            case CANCELLED -> Line.of("cancelled", Style.WARNING);
            case NODE_LOST -> Line.of("node lost", Style.BAD);
            case EMERGENCY -> Line.of("emergency stop", Style.BAD);
            case ORPHANED -> Line.of("lost", Style.BAD);
            case REFUSED -> Line.of("refused", Style.BAD);
        };
    }
}
