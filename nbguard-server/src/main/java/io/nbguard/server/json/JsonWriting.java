package io.nbguard.server.json;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Writes what JSON has no word for: optional values as null, times as ISO-8601 in UTC, durations in seconds. */
public final class JsonWriting {

    private JsonWriting() {}

    /** Writes a field with the value's text, or null. */
    public static void text(JsonGenerator json, String name, Optional<?> value) throws IOException {
        if (value.isPresent()) {
            json.writeStringField(name, value.get().toString());
        } else {
            json.writeNullField(name);
        }
    }

    /** Writes a field with a number, or null. */
    public static void number(JsonGenerator json, String name, OptionalInt value) throws IOException {
        if (value.isPresent()) {
            json.writeNumberField(name, value.getAsInt());
        } else {
            json.writeNullField(name);
        }
    }

    /** Writes a field with a whole number, or null. */
    public static void whole(JsonGenerator json, String name, Optional<Long> value) throws IOException {
        if (value.isPresent()) {
            json.writeNumberField(name, value.get());
        } else {
            json.writeNullField(name);
        }
    }

    /** Writes a field with a number, or null. */
    public static void real(JsonGenerator json, String name, Optional<Double> value) throws IOException {
        if (value.isPresent()) {
            json.writeNumberField(name, value.get());
        } else {
            json.writeNullField(name);
        }
    }

    /** Writes a field with a time. */
    public static void time(JsonGenerator json, String name, Instant value) throws IOException {
        json.writeStringField(name, value.toString());
    }

    /** Writes a field with a duration in seconds. */
    public static void seconds(JsonGenerator json, String name, Duration value) throws IOException {
        json.writeNumberField(name, value.toNanos() / 1e9);
    }

    /** Writes any value that a notebook's parameter can have. */
    public static void value(JsonGenerator json, @Nullable Object value) throws IOException {
        if (value == null) {
            json.writeNull();
        } else if (value instanceof String text) {
            json.writeString(text);
        } else if (value instanceof Boolean flag) {
            json.writeBoolean(flag);
        } else if (value instanceof Double || value instanceof Float) {
            json.writeNumber(((Number) value).doubleValue());
        } else if (value instanceof BigInteger whole) {
            json.writeNumber(whole);
        } else if (value instanceof BigDecimal exact) {
            json.writeNumber(exact);
        } else if (value instanceof Number number) {
            json.writeNumber(number.longValue());
        } else if (value instanceof List<?> list) {
            json.writeStartArray();
            for (Object element : list) {
                value(json, element);
            }
            json.writeEndArray();
        } else if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            for (Map.Entry<?, ?> member : map.entrySet()) {
                json.writeFieldName(String.valueOf(member.getKey()));
                value(json, member.getValue());
            }
            json.writeEndObject();
        } else {
            json.writeString(value.toString());
        }
    }
}
