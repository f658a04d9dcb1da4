package io.nbguard.server.shape;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.api.schedule.ScheduleFire;
import io.nbguard.api.schedule.ScheduleSpec;
import io.nbguard.server.http.JsonFields;
import io.nbguard.server.http.Refusal;
import io.nbguard.server.http.Times;
import io.nbguard.server.json.EndText;
import io.nbguard.server.json.JsonWriting;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Optional;

/** What to run again and again, as JSON. */
public final class ScheduleShape {

    private static final String OWN = "nbguard-";

    private ScheduleShape() {}

    /**
     * Reads a schedule; the guard says what it thinks of its expression.
     *
     * @throws Refusal if something in it cannot be meant
     */
    public static ScheduleSpec read(JsonFields json) {
        String trigger = json.requiredText("trigger");
        String expression = json.requiredText("expression");
        JsonFields request = json.object("request");
        try {
            ScheduleSpec.Builder builder = ScheduleSpec.of(trigger, expression, RequestShape.read(request));
            json.text("id").ifPresent(builder::id);
            json.text("zone").ifPresent(zone -> builder.zone(zone(zone)));
            json.text("start").ifPresent(start -> builder.start(Times.parse("the schedule's start", start)));
            json.text("end").ifPresent(end -> builder.end(Times.parse("the schedule's end", end)));
            json.number("misfireGraceSeconds", 1, Duration.ofDays(30).toSeconds())
                    .ifPresent(seconds -> builder.misfireGrace(duration(seconds)));
            json.flag("coalesce").ifPresent(builder::coalesce);
            json.whole("maxInstances", 1, 1_000).ifPresent(most -> builder.maxInstances(most.intValue()));
            json.number("jitterSeconds", 0, Duration.ofDays(1).toSeconds())
                    .ifPresent(seconds -> builder.jitter(duration(seconds)));
            json.nothingElse();
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest(String.valueOf(e.getMessage()));
        }
    }

    private static Duration duration(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1_000));
    }

    private static ZoneId zone(String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            throw Refusal.badRequest("there is no time zone '" + name + "': expected one such as Europe/Berlin or UTC");
        }
    }

    /**
     * Writes the fields of a schedule into an object that is already begun.
     *
     * @param lastRun the last of its executions that has ended
     */
    static void write(JsonGenerator json, Schedule schedule, Optional<ExecutionRecord> lastRun) throws IOException {
        ScheduleSpec spec = schedule.spec();
        json.writeStringField("id", schedule.id().value());
        String trigger = spec.trigger();
        json.writeStringField("trigger", trigger.startsWith(OWN) ? trigger.substring(OWN.length()) : trigger);
        json.writeStringField("expression", spec.expression());
        json.writeStringField("zone", spec.zone().getId());
        JsonWriting.text(json, "start", spec.start());
        JsonWriting.text(json, "end", spec.end());
        JsonWriting.seconds(json, "misfireGraceSeconds", spec.misfireGrace());
        json.writeBooleanField("coalesce", spec.coalesce());
        json.writeNumberField("maxInstances", spec.maxInstances());
        JsonWriting.seconds(json, "jitterSeconds", spec.jitter());
        json.writeFieldName("request");
        RequestShape.write(json, spec.request());
        JsonWriting.time(json, "createdAt", schedule.createdAt());
        json.writeStringField("state", schedule.state().name());
        JsonWriting.text(json, "nextFireAt", schedule.nextFireAt());
        json.writeFieldName("lastFire");
        fire(json, schedule.lastFire());
        json.writeFieldName("lastRun");
        run(json, lastRun);
        json.writeArrayFieldStart("underWay");
        for (ExecutionId id : schedule.underWay()) {
            json.writeString(id.value());
        }
        json.writeEndArray();
        json.writeNumberField("started", schedule.started());
        json.writeNumberField("skipped", schedule.skipped());
    }

    private static void fire(JsonGenerator json, Optional<ScheduleFire> fire) throws IOException {
        if (fire.isPresent()) {
            fire(json, fire.get());
        } else {
            json.writeNull();
        }
    }

    private static void run(JsonGenerator json, Optional<ExecutionRecord> run) throws IOException {
        if (run.isEmpty()) {
            json.writeNull();
            return;
        }
        ExecutionRecord record = run.get();
        json.writeStartObject();
        json.writeStringField("execution", record.id().value());
        json.writeStringField("state", record.state().name());
        json.writeStringField("status", record.status().name().toLowerCase(Locale.ROOT));
        JsonWriting.text(json, "reason", record.outcome().reason());
        JsonWriting.text(json, "why", EndText.why(record));
        JsonWriting.text(json, "endedAt", record.lifecycle().endedAt());
        json.writeEndObject();
    }

    /** Writes what became of a fire as an object. */
    public static void fire(JsonGenerator json, ScheduleFire fire) throws IOException {
        json.writeStartObject();
        json.writeStringField("outcome", fire.outcome().name());
        JsonWriting.time(json, "dueAt", fire.dueAt());
        JsonWriting.time(json, "lastDueAt", fire.lastDueAt());
        json.writeNumberField("count", fire.count());
        JsonWriting.time(json, "at", fire.at());
        JsonWriting.text(json, "execution", fire.execution());
        JsonWriting.text(json, "message", fire.message());
        json.writeEndObject();
    }
}
