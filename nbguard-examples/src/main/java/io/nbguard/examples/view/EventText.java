package io.nbguard.examples.view;

import io.nbguard.api.EndReason;
import io.nbguard.api.ExecutionRecord;
import io.nbguard.api.ExecutionState;
import io.nbguard.api.GuardEvent;
import io.nbguard.examples.text.Line;
import io.nbguard.examples.text.Spoken;
import io.nbguard.examples.text.Style;
import java.util.Optional;

/** The events that a person wants to hear of while notebooks run, as one line each; a kill stands out. */
public final class EventText {

    private EventText() {}

    /** Returns the line for an event, or nothing for those that the live view shows anyway. */
    public static Optional<Line> of(GuardEvent event) {
        if (event instanceof GuardEvent.ExecutionChanged changed) {
            return changed(changed.record());
        }
        if (event instanceof GuardEvent.KernelOomKill kill && kill.id().isEmpty()) {
            // Somewhere on this machine: no execution is known to have lost it.
            return Optional.of(Line.of("· " + event.message(), Style.FAINT));
        }
        if (event instanceof GuardEvent.Terminated
                || event instanceof GuardEvent.KernelOomKill
                || event instanceof GuardEvent.EmergencyShutdown) {
            return Optional.of(Line.of("⚠ ", Style.ALARM).plus(event.message(), Style.ALARM));
        }
        if (event instanceof GuardEvent.KillConfirmed
                || event instanceof GuardEvent.BystandersFrozen
                || event instanceof GuardEvent.ExecutionNote
                || event instanceof GuardEvent.HistoryRestored) {
            return Optional.of(Line.of("· " + event.message(), Style.FAINT));
        }
        if (event instanceof GuardEvent.KillWithheld withheld) {
            return Optional.of(Line.of("! ", Style.WARNING)
                    .plus("nobody is ended at " + withheld.used().textBeside(withheld.threshold()) + " (threshold "
                            + withheld.threshold().textBeside(withheld.used()) + "): " + withheld.message()));
        }
        if (event instanceof GuardEvent.KillUnconfirmed
                || event instanceof GuardEvent.LimitChanged
                || event instanceof GuardEvent.WatchdogMoved
                || event instanceof GuardEvent.LoopLagged
                || event instanceof GuardEvent.LoopRestarted
                || event instanceof GuardEvent.HistoryDegraded
                || event instanceof GuardEvent.PluginMisbehaved
                || event instanceof GuardEvent.ScheduleNotRestored
                || event instanceof GuardEvent.ReadingDegraded) {
            return Optional.of(Line.of("! ", Style.WARNING).plus(event.message()));
        }
        return Optional.empty();
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
                .plus(" after " + Spoken.duration(record.elapsed(null)), Style.FAINT)
                .plus(", peak " + record.peakMemory(), Style.FAINT);
        // What the watchdog did has been told in full, by its own event.
        return Outcome.why(record)
                .filter(why -> record.reason()
                        .filter(EndReason.WATCHDOG_MEMORY::equals)
                        .isEmpty())
                .map(why -> line.plus(": " + why))
                .orElse(line);
    }
}
