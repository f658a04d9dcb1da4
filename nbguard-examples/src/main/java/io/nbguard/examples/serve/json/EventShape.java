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

    /** The types of events that may be a kill; {@link #isKill} says which of them are. */
    public static final Set<String> KILLS = Set.of("Terminated", "KernelOomKill", "EmergencyShutdown");

    private static final String DRY_RUN = "OOM Prevention (dry run)";

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

    /** Returns whether the kernel has taken a process somewhere on this machine that no execution is known to have lost. */
    private static boolean isElsewhere(EventRecord event) {
        return event.type().equals("KernelOomKill") && event.execution().isEmpty();
    }

    /**
     * Returns whether an event is the end of a notebook, or of all, for want of memory; what a watchdog that runs dry would
     * have ended is none.
     */
    public static boolean isKill(EventRecord event) {
        return KILLS.contains(event.type())
                && !isElsewhere(event)
                && !event.message().startsWith(DRY_RUN);
    }

    /** Returns {@code info}, {@code warning} or {@code critical}. */
    static String severity(EventRecord event) {
        if (isElsewhere(event)) {
            return "info";
        }
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
