package io.nbguard.cli.view;

import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.cli.text.Line;
import io.nbguard.cli.text.Spoken;
import io.nbguard.cli.text.Style;
import io.nbguard.server.json.EndText;
import java.util.Optional;

/** The events that matter to a user while notebooks run, as one line each; a kill stands out. */
public final class EventText {

    private EventText() {}

    /** Returns the line for an event, or nothing for those that the live view shows anyway. */
    public static Optional<Line> of(GuardEvent event) {
        return switch (event.type()) {
            case EXECUTION_CHANGED -> changed(((GuardEvent.ExecutionChanged) event).record());
            case KILL_WITHHELD -> Optional.of(withheld((GuardEvent.KillWithheld) event));
            case TERMINATED,
                    KERNEL_OOM_KILL,
                    EMERGENCY_SHUTDOWN,
                    KILL_CONFIRMED,
                    KILL_UNCONFIRMED,
                    BYSTANDERS_FROZEN,
                    EXECUTION_NOTE,
                    WATCHDOG_MOVED,
                    SCHEDULE_NOT_RESTORED,
                    LIMIT_CHANGED,
                    READING_DEGRADED,
                    PLUGIN_MISBEHAVED,
                    LOOP_LAGGED,
                    LOOP_RESTARTED,
                    HISTORY_DEGRADED,
                    HISTORY_RESTORED -> Optional.of(bySeverity(event));
            case PROGRESS_MADE,
                    RUNG_CHANGED,
                    SCHEDULE_FIRED,
                    SCHEDULE_SKIPPED,
                    SCHEDULE_CHANGED,
                    READING_RESTORED,
                    EVENTS_DROPPED -> Optional.empty();
        };
    }

    private static Line bySeverity(GuardEvent event) {
        return switch (event.severity()) {
            case INFO -> Line.of("· " + event.message(), Style.FAINT);
            case WARNING -> Line.of("! ", Style.WARNING).plus(event.message());
            case CRITICAL -> Line.of("⚠ ", Style.ALARM).plus(event.message(), Style.ALARM);
        };
    }

    private static Line withheld(GuardEvent.KillWithheld event) {
        return Line.of("! ", Style.WARNING)
                .plus("nothing is ended at " + event.used().textBeside(event.threshold()) + " (threshold "
                        + event.threshold().textBeside(event.used()) + "): " + event.message());
    }

    private static Optional<Line> changed(ExecutionRecord record) {
        if (record.state() == ExecutionState.RUNNING) {
            return Optional.of(Line.of("▸ ", Style.ACCENT).plus(record.notebook() + " started"));
        }
        return record.state().isEnd() ? Optional.of(ended(record)) : Optional.empty();
    }

    /** Returns how an execution ended, with its time and its peak of memory. */
    public static Line ended(ExecutionRecord record) {
        boolean completed = record.state() == ExecutionState.COMPLETED;
        Line line = Line.of(completed ? "✓ " : "✗ ", completed ? Style.GOOD : Style.BAD)
                .plus(record.notebook() + " ", Style.BOLD)
                .plus(Outcome.of(record))
                .plus(" after " + Spoken.duration(record.lifecycle().elapsed(null)), Style.FAINT)
                .plus(", peak " + Spoken.orUnknown(record.usage().peakMemory()), Style.FAINT);
        // The watchdog's action was reported in full, by its own event.
        return EndText.why(record)
                .filter(why -> record.outcome()
                        .reason()
                        .filter(EndReason.WATCHDOG_MEMORY::equals)
                        .isEmpty())
                .map(why -> line.plus(": " + why))
                .orElse(line);
    }
}
