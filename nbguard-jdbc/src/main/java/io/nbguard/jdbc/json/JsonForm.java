package io.nbguard.jdbc.json;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.function.Function;

/** JSON text, written and read. For any thread. */
final class JsonForm {

    // What we wrote we also read: a notebook may have been given a parameter of any length.
    private static final JsonMapper MAPPER = new JsonMapper(factory().build());
    private static final JsonMapper ASCII_MAPPER =
            new JsonMapper(factory().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build());

    private JsonForm() {}

    private static JsonFactoryBuilder factory() {
        return new JsonFactoryBuilder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxStringLength(Integer.MAX_VALUE)
                        .maxNameLength(Integer.MAX_VALUE)
                        .build());
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** Returns the text. */
    static String write(JsonNode node) {
        try {
            String text = MAPPER.writeValueAsString(node);
            // Half a surrogate pair is no character, and would not survive the way into a database.
            return hasLoneSurrogate(text) ? ASCII_MAPPER.writeValueAsString(node) : text;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("JSON that cannot be written", e);
        }
    }

    /**
     * Reads a text that {@link #write} made, by this or another version.
     *
     * @param what it is about, for the message
     * @throws IOException if it cannot be understood
     */
    static <T> T read(String what, String text, Function<JsonNode, T> reader) throws IOException {
        try {
            return reader.apply(MAPPER.readTree(text));
        } catch (JsonProcessingException | RuntimeException e) {
            throw new IOException(what + " was stored in a form that this version does not understand: " + e, e);
        }
    }

    static boolean hasLoneSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return true;
            }
        }
        return false;
    }
}
