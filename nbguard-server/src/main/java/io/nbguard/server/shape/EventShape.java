package io.nbguard.server.shape;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nbguard.api.event.EventRecord;
import io.nbguard.server.json.JsonWriting;
import java.io.IOException;
import java.util.Locale;

/** Events as JSON. */
public final class EventShape {

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
        json.writeStringField("severity", event.severity().name().toLowerCase(Locale.ROOT));
        json.writeBooleanField("kill", event.isKill());
        JsonWriting.text(json, "execution", event.execution());
        JsonWriting.text(json, "notebook", event.notebook());
        json.writeStringField("message", event.message());
    }
}
