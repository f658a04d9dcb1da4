package io.nbguard.cli;

import java.util.Map;

/** Reads one JSON object, and nothing but one. */
final class JsonMap {

    private JsonMap() {}

    @SuppressWarnings("unchecked")
    static Map<String, Object> parse(String text) {
        Object value = ParameterText.value(text.strip());
        if (value instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw new AssertionError("not exactly one JSON object: " + text);
    }
}
