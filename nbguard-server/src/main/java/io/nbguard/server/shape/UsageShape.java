package io.nbguard.server.shape;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nbguard.api.history.UsagePoint;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.server.json.JsonWriting;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Use over time, as JSON. */
public final class UsageShape {

    private UsageShape() {}

    private static Optional<Double> number(OptionalDouble known) {
        return known.isPresent() ? Optional.of(known.getAsDouble()) : Optional.empty();
    }

    /** Writes the field {@code items}. */
    public static void write(JsonGenerator json, List<UsagePoint> points) throws IOException {
        json.writeArrayFieldStart("items");
        for (UsagePoint point : points) {
            json.writeStartObject();
            JsonWriting.time(json, "at", point.at());
            JsonWriting.seconds(json, "spanSeconds", point.span());
            JsonWriting.whole(json, "memoryBytes", point.memory().map(ByteSize::bytes));
            JsonWriting.whole(json, "peakMemoryBytes", point.peakMemory().map(ByteSize::bytes));
            JsonWriting.real(json, "cores", number(point.cores()));
            JsonWriting.real(json, "peakCores", number(point.peakCores()));
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
