package io.nbguard.server.json;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON values as plain Java ones: maps, lists, strings, booleans, null; {@code Long}, else {@code BigInteger}; {@code Double}. */
public final class JsonValues {

    private JsonValues() {}

    /**
     * Returns the value that the parser stands at, and leaves it at the value's last token.
     *
     * @throws IOException if it cannot be read, or is no JSON
     */
    public static @Nullable Object read(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> integer(parser.getBigIntegerValue());
            case VALUE_NUMBER_FLOAT -> decimal(parser);
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw new IOException("unexpected " + parser.currentToken());
        };
    }

    /**
     * Returns the object that the parser stands at, with its members in their order.
     *
     * @throws IOException if it cannot be read, or is no JSON
     */
    public static Map<String, @Nullable Object> object(JsonParser parser) throws IOException {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            object.put(name, read(parser));
        }
        return object;
    }

    private static List<@Nullable Object> array(JsonParser parser) throws IOException {
        List<@Nullable Object> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            array.add(read(parser));
        }
        return array;
    }

    private static Object integer(BigInteger value) {
        return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
    }

    /** A Python float is a double; what does not fit into one keeps its digits, and core says what it makes of them. */
    private static Object decimal(JsonParser parser) throws IOException {
        // By its text: a BigDecimal, by which Jackson goes otherwise, has no negative zero.
        String text = parser.getText();
        double nearest = Double.parseDouble(text);
        if (!Double.isInfinite(nearest)) {
            return nearest;
        }
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException e) {
            throw new JsonParseException(parser, text + " is beyond all numbers: " + e.getMessage(), e);
        }
    }
}
