package io.nbguard.server.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What follows the question mark of a request: each name at most once, and none that the route does not read. */
public final class QueryFields {

    private static final int LONGEST = 1_024;
    private static final Pattern WHOLE = Pattern.compile("[0-9]{1,9}");

    private final Map<String, String> values;
    private final Set<String> known = new LinkedHashSet<>();

    private QueryFields(Map<String, String> values) {
        this.values = values;
    }

    static QueryFields of(@Nullable String query) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String pair : query == null || query.isEmpty() ? new String[0] : query.split("&")) {
            int equals = pair.indexOf('=');
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
            if (value.codePointCount(0, value.length()) > LONGEST) {
                throw Refusal.badRequest("the query's '" + name + "' is longer than " + LONGEST + " characters");
            }
            if (values.put(name, value) != null) {
                throw Refusal.badRequest("the query has '" + name + "' more than once: expected one");
            }
        }
        return new QueryFields(values);
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest(
                    "the query has '" + text + "', which is not encoded as URLs are: " + e.getMessage());
        }
    }

    /** Returns a value, which is not empty. */
    public Optional<String> text(String name) {
        known.add(name);
        Optional<String> value = Optional.ofNullable(values.get(name));
        if (value.filter(String::isEmpty).isPresent()) {
            throw Refusal.badRequest("the query's '" + name + "' is empty: expected a value, or no '" + name + "'");
        }
        return value;
    }

    /** Returns a number from {@code least} to {@code most}. */
    public int number(String name, int otherwise, int least, int most) {
        return text(name).map(value -> number(name, value, least, most)).orElse(otherwise);
    }

    private static int number(String name, String value, int least, int most) {
        // Java's own parser would take the digits of any script.
        if (WHOLE.matcher(value).matches()) {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw Refusal.badRequest(
                "the query's '" + name + "' is '" + value + "': expected a number from " + least + " to " + most);
    }

    /** Returns a time. */
    public Optional<Instant> time(String name) {
        return text(name).map(value -> Times.parse("the query's '" + name + "'", value));
    }

    /** Returns whether a flag is {@code true}. */
    public boolean flag(String name) {
        return text(name)
                .map(value -> {
                    if (!value.equals("true") && !value.equals("false")) {
                        throw Refusal.badRequest(
                                "the query's '" + name + "' is '" + value + "': expected true or false");
                    }
                    return value.equals("true");
                })
                .orElse(false);
    }

    /** Checks that there is nothing that was not asked for. */
    public void nothingElse() {
        for (String name : values.keySet()) {
            if (!known.contains(name)) {
                throw Refusal.badRequest("the query has '" + name + "', which means nothing here: expected "
                        + (known.isEmpty() ? "no query" : String.join(", ", known)));
            }
        }
    }
}
