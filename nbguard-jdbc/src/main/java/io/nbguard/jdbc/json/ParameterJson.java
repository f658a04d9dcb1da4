package io.nbguard.jdbc.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A notebook's parameter, of exactly the type that it was: texts, truths, null and lists are JSON's own; whatever JSON has
 * only one form for, or none, is an object with its type, such as {@code {"long":"5"}}, {@code {"double":"NaN"}} or
 * {@code {"map":{…}}}.
 */
final class ParameterJson {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private ParameterJson() {}

    static JsonNode write(@Nullable Object value) {
        if (value == null) {
            return NODES.nullNode();
        } else if (value instanceof String text) {
            return NODES.textNode(text);
        } else if (value instanceof Boolean truth) {
            return NODES.booleanNode(truth);
        } else if (value instanceof List<?> list) {
            ArrayNode items = NODES.arrayNode(list.size());
            list.forEach(item -> items.add(write(item)));
            return items;
        } else if (value instanceof Map<?, ?> map) {
            return NODES.objectNode().set(fitsNames(map) ? "map" : "entries", entries(map));
        }
        return NODES.objectNode().put(typeOf(value), value.toString());
    }

    /** Half a surrogate pair may stand in a JSON text, but not in a name. */
    private static boolean fitsNames(Map<?, ?> map) {
        return map.keySet().stream().noneMatch(key -> JsonForm.hasLoneSurrogate((String) key));
    }

    static JsonNode entries(Map<?, ?> map) {
        if (fitsNames(map)) {
            ObjectNode entries = NODES.objectNode();
            map.forEach((key, nested) -> entries.set((String) key, write(nested)));
            return entries;
        }
        ArrayNode entries = NODES.arrayNode(map.size());
        map.forEach((key, nested) -> entries.addArray().add((String) key).add(write(nested)));
        return entries;
    }

    private static String typeOf(Object number) {
        if (number instanceof Integer) {
            return "int";
        } else if (number instanceof Long) {
            return "long";
        } else if (number instanceof Double) {
            return "double";
        } else if (number instanceof Float) {
            return "float";
        } else if (number instanceof Short) {
            return "short";
        } else if (number instanceof Byte) {
            return "byte";
        } else if (number instanceof BigInteger) {
            return "integer";
        } else if (number instanceof BigDecimal) {
            return "decimal";
        }
        throw new IllegalArgumentException(
                "a parameter of type " + number.getClass().getName());
    }

    static @Nullable Object read(JsonNode node) {
        return switch (node.getNodeType()) {
            case NULL -> null;
            case STRING -> node.textValue();
            case BOOLEAN -> node.booleanValue();
            case ARRAY -> {
                List<@Nullable Object> items = new ArrayList<>(node.size());
                node.forEach(item -> items.add(read(item)));
                yield items;
            }
            case OBJECT -> {
                Map.Entry<String, JsonNode> typed = node.properties().iterator().next();
                yield switch (typed.getKey()) {
                    case "map", "entries" -> map(typed.getValue());
                    default -> number(typed.getKey(), typed.getValue());
                };
            }
            default -> throw new IllegalArgumentException("a parameter that is " + node);
        };
    }

    static Map<String, @Nullable Object> map(JsonNode node) {
        Map<String, @Nullable Object> entries = new LinkedHashMap<>();
        if (node.isArray()) {
            node.forEach(entry -> entries.put(entry.get(0).textValue(), read(entry.get(1))));
            return entries;
        }
        node.properties().forEach(entry -> entries.put(entry.getKey(), read(entry.getValue())));
        return entries;
    }

    private static Object number(String type, JsonNode value) {
        String text = value.textValue();
        return switch (type) {
            case "int" -> Integer.valueOf(text);
            case "long" -> Long.valueOf(text);
            case "double" -> Double.valueOf(text);
            case "float" -> Float.valueOf(text);
            case "short" -> Short.valueOf(text);
            case "byte" -> Byte.valueOf(text);
            case "integer" -> new BigInteger(text);
            case "decimal" -> new BigDecimal(text);
            default -> throw new IllegalArgumentException("a parameter of type '" + type + "'");
        };
    }
}
