package io.nbguard.server.shape;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nbguard.api.UsagePoint;
import io.nbguard.server.json.JsonWriting;
import java.io.IOException;
import java.util.List;

/** Use over time, as JSON. */
public final class UsageShape {

    private UsageShape() {}

    /** Writes the field {@code items}. */
    public static void write(JsonGenerator json, List<UsagePoint> points) throws IOException {
        json.writeArrayFieldStart("items");
        for (UsagePoint point : points) {
            json.writeStartObject();
            JsonWriting.time(json, "at", point.at());
            JsonWriting.seconds(json, "spanSeconds", point.span());
            json.writeNumberField("memoryBytes", point.memory().bytes());
            json.writeNumberField("peakMemoryBytes", point.peakMemory().bytes());
            json.writeNumberField("cores", point.cores());
            json.writeNumberField("peakCores", point.peakCores());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
