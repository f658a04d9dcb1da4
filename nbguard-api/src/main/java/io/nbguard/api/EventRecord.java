package io.nbguard.api;

import java.time.Instant;
import java.util.Optional;

/**
 * An event as it is kept.
 *
 * @param at when it happened
 * @param type which {@link GuardEvent}, by the simple name of its class, such as {@code Terminated}
 * @param execution the execution that it is about, if it is about one
 * @param notebook its notebook
 * @param message for people
 */
public record EventRecord(
        Instant at, String type, Optional<ExecutionId> execution, Optional<String> notebook, String message) {

    /** Returns what is kept of an event. */
    public static EventRecord of(GuardEvent event) {
        return new EventRecord(
                event.at(), event.getClass().getSimpleName(), execution(event), notebook(event), event.message());
    }

    /** Returns whether an event is kept: progress is not, as the record of the execution has it. */
    public static boolean isKept(GuardEvent event) {
        return !(event instanceof GuardEvent.ProgressMade);
    }

    private static Optional<ExecutionId> execution(GuardEvent event) {
        if (event instanceof GuardEvent.ExecutionChanged changed) {
            return Optional.of(changed.record().id());
        } else if (event instanceof GuardEvent.ExecutionNote note) {
            return Optional.of(note.id());
        } else if (event instanceof GuardEvent.Terminated terminated) {
            return Optional.of(terminated.scenario().victim());
        } else if (event instanceof GuardEvent.KillConfirmed confirmed) {
            return Optional.of(confirmed.id());
        } else if (event instanceof GuardEvent.KillUnconfirmed unconfirmed) {
            return Optional.of(unconfirmed.id());
        } else if (event instanceof GuardEvent.KernelOomKill taken) {
            return taken.id();
        } else if (event instanceof GuardEvent.PluginMisbehaved misbehaved) {
            return misbehaved.id();
        } else if (event instanceof GuardEvent.ScheduleFired fired) {
            return fired.fire().execution();
        }
        return Optional.empty();
    }

    private static Optional<String> notebook(GuardEvent event) {
        if (event instanceof GuardEvent.ExecutionChanged changed) {
            return Optional.of(changed.record().notebook());
        } else if (event instanceof GuardEvent.ExecutionNote note) {
            return Optional.of(note.notebook());
        } else if (event instanceof GuardEvent.Terminated terminated) {
            return Optional.of(terminated.notebook());
        } else if (event instanceof GuardEvent.KillConfirmed confirmed) {
            return Optional.of(confirmed.notebook());
        } else if (event instanceof GuardEvent.KillUnconfirmed unconfirmed) {
            return Optional.of(unconfirmed.notebook());
        } else if (event instanceof GuardEvent.KernelOomKill taken) {
            return taken.notebook();
        } else if (event instanceof GuardEvent.PluginMisbehaved misbehaved) {
            return misbehaved.notebook();
        }
        return ofSchedule(event);
    }

    private static Optional<String> ofSchedule(GuardEvent event) {
        if (event instanceof GuardEvent.ScheduleFired fired) {
            return Optional.of(fired.notebook());
        } else if (event instanceof GuardEvent.ScheduleSkipped skipped) {
            return Optional.of(skipped.notebook());
        } else if (event instanceof GuardEvent.ScheduleNotRestored lost) {
            return Optional.of(lost.notebook());
        } else if (event instanceof GuardEvent.ScheduleChanged changed) {
            return Optional.of(changed.schedule().spec().request().notebook());
        }
        return Optional.empty();
    }
}
