package io.nbguard.server.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The members of a JSON object, each of the type that it is asked for as; a member that was never asked for is a mistake.
 * Null is absent.
 */
public final class JsonFields {

    private static final int LONGEST_TEXT = 4_096;

    private final String where;
    private final Map<String, @Nullable Object> members;
    private final Set<String> known = new LinkedHashSet<>();

    private JsonFields(String where, Map<String, @Nullable Object> members) {
        this.where = where;
        this.members = members;
    }

    /**
     * Makes it.
     *
     * @param where what the object is, for messages
     */
    public static JsonFields of(String where, Map<String, @Nullable Object> members) {
        return new JsonFields(where, members);
    }

    private Optional<Object> member(String name) {
        known.add(name);
        return Optional.ofNullable(members.get(name));
    }

    /** Returns a string. */
    public Optional<String> text(String name) {
        return member(name).map(value -> {
            if (!(value instanceof String text)) {
                throw wrong(name, value, "a string");
            }
            if (text.length() > LONGEST_TEXT) {
                throw Refusal.badRequest(where + " has a '" + name + "' of " + text.length()
                        + " characters: expected at most " + LONGEST_TEXT);
            }
            return text;
        });
    }

    /** Returns a string that must be there. */
    public String requiredText(String name) {
        return text(name).orElseThrow(() -> missing(name, "a string"));
    }

    /** Returns a string, or the text of a number. */
    public Optional<String> textOrNumber(String name) {
        return member(name).map(value -> {
            if (value instanceof Long number) {
                return number.toString();
            }
            return text(name).orElseThrow(() -> wrong(name, value, "a string or a whole number"));
        });
    }

    /** Returns a whole number from {@code least} to {@code most}. */
    public Optional<Long> whole(String name, long least, long most) {
        return member(name).map(value -> {
            if (value instanceof Long number && number >= least && number <= most) {
                return number;
            }
            throw wrong(name, value, "a whole number from " + least + " to " + most);
        });
    }

    /** Returns a number from {@code least} to {@code most}, such as a duration in seconds. */
    public Optional<Double> number(String name, double least, double most) {
        return member(name).map(value -> {
            if (value instanceof Long || value instanceof Double) {
                double number = ((Number) value).doubleValue();
                if (number >= least && number <= most) {
                    return number;
                }
            }
            throw wrong(name, value, "a number from " + least + " to " + most);
        });
    }

    /** Returns true or false. */
    public Optional<Boolean> flag(String name) {
        return member(name).map(value -> {
            if (value instanceof Boolean flag) {
                return flag;
            }
            throw wrong(name, value, "true or false");
        });
    }

    /** Returns a list of strings; an absent one is empty. */
    public List<String> texts(String name, int most) {
        Object value = member(name).orElse(List.of());
        if (!(value instanceof List<?> list) || list.size() > most) {
            throw wrong(name, value, "a list of at most " + most + " strings");
        }
        List<String> texts = new ArrayList<>();
        for (Object element : list) {
            if (!(element instanceof String text)) {
                throw wrong(name, value, "a list of strings");
            }
            texts.add(text);
        }
        return texts;
    }

    /** Returns the members of an object, whatever their types; an absent one is empty. */
    public Map<String, @Nullable Object> values(String name) {
        Object value = member(name).orElse(Map.of());
        if (!(value instanceof Map<?, ?> map)) {
            throw wrong(name, value, "an object");
        }
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        map.forEach((key, element) -> values.put(String.valueOf(key), element));
        return values;
    }

    /** Returns an object that must be there. */
    public JsonFields object(String name) {
        if (member(name).isEmpty()) {
            throw missing(name, "an object");
        }
        return new JsonFields("'" + name + "'", values(name));
    }

    /** Checks that there is nothing that was not asked for. */
    public void nothingElse() {
        List<String> unknown =
                members.keySet().stream().filter(name -> !known.contains(name)).toList();
        if (!unknown.isEmpty()) {
            throw Refusal.badRequest(where + " has '" + String.join("', '", unknown)
                    + "', which means nothing here: expected " + String.join(", ", known));
        }
    }

    private Refusal missing(String name, String expected) {
        return Refusal.badRequest(where + " has no '" + name + "': expected " + expected);
    }

    private Refusal wrong(String name, Object value, String expected) {
        String text = String.valueOf(value);
        String shown = text.length() > 100 ? text.substring(0, 100) + "…" : text;
        return Refusal.badRequest(where + " has '" + name + "': " + shown + ", expected " + expected);
    }
}
