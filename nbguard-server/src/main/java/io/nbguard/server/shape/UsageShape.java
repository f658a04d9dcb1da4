package io.nbguard.server.shape;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nbguard.api.history.UsagePoint;
import io.nbguard.api.history.UsagePoint.Figure;
import io.nbguard.api.measure.ByteSize;
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
            JsonWriting.whole(
                    json, "memoryBytes", point.memory().map(Figure::mean).map(ByteSize::bytes));
            JsonWriting.whole(
                    json, "peakMemoryBytes", point.memory().map(Figure::peak).map(ByteSize::bytes));
            JsonWriting.real(json, "cores", point.cores().map(Figure::mean));
            JsonWriting.real(json, "peakCores", point.cores().map(Figure::peak));
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
