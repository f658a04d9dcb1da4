package io.nbguard.examples.serve.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nbguard.api.EventRecord;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardEvent;
import io.nbguard.examples.json.JsonWriting;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** Events as JSON, with how much they matter to people. */
public final class EventShape {

    private static final Set<String> CRITICAL =
            Set.of("Terminated", "KernelOomKill", "EmergencyShutdown", "KillUnconfirmed");
    private static final Set<String> WARNING = Set.of(
            "KillWithheld",
            "LimitChanged",
            "LoopLagged",
            "ReadingDegraded",
            "HistoryDegraded",
            "EventsDropped",
            "ScheduleSkipped",
            "WatchdogMoved");

    private EventShape() {}

    /** Returns what is told of an event; nothing of progress, which is no event to people. */
    public static Optional<EventRecord> of(GuardEvent event) {
        return event instanceof GuardEvent.ProgressMade
                ? Optional.empty()
                : Optional.of(new EventRecord(
                        event.at(),
                        event.getClass().getSimpleName(),
                        execution(event),
                        notebook(event),
                        event.message()));
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
        } else if (event instanceof GuardEvent.KernelOomKill kill) {
            return kill.id();
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
        } else if (event instanceof GuardEvent.KernelOomKill kill) {
            return kill.notebook();
        } else if (event instanceof GuardEvent.ScheduleFired fired) {
            return Optional.of(fired.notebook());
        } else if (event instanceof GuardEvent.ScheduleSkipped skipped) {
            return Optional.of(skipped.notebook());
        } else if (event instanceof GuardEvent.ScheduleChanged changed) {
            return Optional.of(changed.schedule().spec().request().notebook());
        }
        return Optional.empty();
    }

    /** Writes an event as an object. */
    public static void write(JsonGenerator json, EventRecord event) throws IOException {
        json.writeStartObject();
        fields(json, event);
        json.writeEndObject();
    }

    /** Writes the fields of an event into an object that is already begun. */
    public static void fields(JsonGenerator json, EventRecord event) throws IOException {
        JsonWriting.time(json, "at", event.at());
        json.writeStringField("type", event.type());
        json.writeStringField("severity", severity(event));
        JsonWriting.text(json, "execution", event.execution());
        JsonWriting.text(json, "notebook", event.notebook());
        json.writeStringField("message", event.message());
    }

    /** Returns {@code info}, {@code warning} or {@code critical}. */
    static String severity(EventRecord event) {
        if (CRITICAL.contains(event.type())) {
            return "critical";
        }
        boolean badEnd = event.type().equals("ExecutionChanged")
                && event.message().matches("(?s).*\\] (FAILED|KILLED|LOST)\\b.*");
        boolean nearKill =
                event.type().equals("RungChanged") && !event.message().contains("-> NORMAL");
        return badEnd || nearKill || WARNING.contains(event.type()) ? "warning" : "info";
    }
}
