package io.nbguard.examples.serve.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nbguard.api.EventRecord;
import io.nbguard.examples.json.JsonWriting;
import java.io.IOException;
import java.util.Set;

/** Events as JSON, with how much they matter to people. */
public final class EventShape {

    private static final Set<String> CRITICAL =
            Set.of("Terminated", "KernelOomKill", "EmergencyShutdown", "KillUnconfirmed");
    private static final Set<String> WARNING = Set.of(
            "KillWithheld",
            "LimitChanged",
            "LoopLagged",
            "LoopRestarted",
            "ReadingDegraded",
            "HistoryDegraded",
            "EventsDropped",
            "PluginMisbehaved",
            "ScheduleNotRestored",
            "ScheduleSkipped",
            "WatchdogMoved");

    private EventShape() {}

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
