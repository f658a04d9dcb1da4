package io.nbguard.api.event;

import io.nbguard.api.ExecutionId;
import java.time.Instant;
import java.util.Optional;

/**
 * An event as it is kept.
 *
 * @param at when it happened
 * @param type which event, as {@link EventType#text} names it, such as {@code Terminated}; a store may have types that only
 *     a later version knows
 * @param severity how much it matters
 * @param execution the execution that it is about, if it is about one
 * @param notebook its notebook
 * @param message for people
 */
public record EventRecord(
        Instant at,
        String type,
        EventSeverity severity,
        Optional<ExecutionId> execution,
        Optional<String> notebook,
        String message) {

    /** Returns what is kept of an event. */
    public static EventRecord of(GuardEvent event) {
        return new EventRecord(
                event.at(),
                event.type().text(),
                event.severity(),
                event.executionId(),
                event.notebookName(),
                event.message());
    }

    /**
     * Returns whether it reports that a notebook, or all, were ended for lack of memory. A dry run's choice does not count,
     * nor a kill by the kernel that is attributed to no execution.
     */
    public boolean isKill() {
        return severity == EventSeverity.CRITICAL
                && EventType.of(type).filter(EventType::canBeKill).isPresent();
    }
}
