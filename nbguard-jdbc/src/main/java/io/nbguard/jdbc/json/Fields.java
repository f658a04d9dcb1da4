package io.nbguard.jdbc.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/** Fields of an object that may be missing, and values that JSON has no form for. */
final class Fields {

    private Fields() {}

    /** Puts a value's text, if there is a value. */
    static void put(ObjectNode node, String name, Optional<?> value) {
        value.ifPresent(there -> node.put(name, there.toString()));
    }

    static void put(ObjectNode node, String name, OptionalInt value) {
        value.ifPresent(there -> node.put(name, there));
    }

    /** JSON has no NaN and no infinity. */
    static void put(ObjectNode node, String name, double value) {
        if (Double.isFinite(value)) {
            node.put(name, value);
        } else {
            node.put(name, Double.toString(value));
        }
    }

    static String text(JsonNode node, String name) {
        JsonNode value = node.required(name);
        if (!value.isTextual()) {
            throw new IllegalArgumentException("'" + name + "' is " + value.getNodeType() + ", not a text");
        }
        return value.textValue();
    }

    static Optional<String> textIfThere(JsonNode node, String name) {
        return Optional.ofNullable(node.get(name)).map(JsonNode::textValue);
    }

    static <T> Optional<T> ifThere(JsonNode node, String name, Function<String, T> reader) {
        return textIfThere(node, name).map(reader);
    }

    static OptionalInt intIfThere(JsonNode node, String name) {
        JsonNode value = node.get(name);
        return value == null ? OptionalInt.empty() : OptionalInt.of(value.intValue());
    }

    static Optional<Long> longIfThere(JsonNode node, String name) {
        return Optional.ofNullable(node.get(name)).map(JsonNode::longValue);
    }

    static int integer(JsonNode node, String name) {
        return node.required(name).intValue();
    }

    static long number(JsonNode node, String name) {
        return node.required(name).longValue();
    }

    static double real(JsonNode node, String name) {
        JsonNode value = node.required(name);
        return value.isTextual() ? Double.parseDouble(value.textValue()) : value.doubleValue();
    }

    static boolean truth(JsonNode node, String name) {
        return node.required(name).booleanValue();
    }

    static Instant instant(JsonNode node, String name) {
        return Instant.parse(text(node, name));
    }

    static Duration duration(JsonNode node, String name) {
        return Duration.parse(text(node, name));
    }

    static <T> List<T> list(JsonNode node, String name, Function<JsonNode, T> reader) {
        List<T> found = new ArrayList<>();
        node.required(name).forEach(item -> found.add(reader.apply(item)));
        return found;
    }
}
