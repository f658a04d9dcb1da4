package io.nbguard.api.internal;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What an execution request accepts. Each check returns the value it was given, in its kept form. */
public final class RequestChecks {

    // Parameter names become Python code (`class=1` would be a syntax error in the injected cell).
    private static final Pattern IDENTIFIER = Pattern.compile("[\\p{L}_][\\p{L}\\p{Nd}_]*");
    private static final Set<String> PYTHON_KEYWORDS = Set.of(
            "False",
            "None",
            "True",
            "and",
            "as",
            "assert",
            "async",
            "await",
            "break",
            "class",
            "continue",
            "def",
            "del",
            "elif",
            "else",
            "except",
            "finally",
            "for",
            "from",
            "global",
            "if",
            "import",
            "in",
            "is",
            "lambda",
            "nonlocal",
            "not",
            "or",
            "pass",
            "raise",
            "return",
            "try",
            "while",
            "with",
            "yield");
    private static final int DEEPEST_NESTING = 64;

    private RequestChecks() {}

    public static String notebook(String path) {
        oneLine("notebook", path);
        if (path.startsWith("/")) {
            throw new IllegalArgumentException(
                    "notebook '" + path + "' is absolute: expected a path below the notebooks folder");
        }
        for (String part : path.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                throw new IllegalArgumentException("notebook '" + path
                        + "' has an empty, '.' or '..' part: expected a path below the notebooks folder");
            }
        }
        return path;
    }

    public static String parameterName(String name) {
        if (!IDENTIFIER.matcher(name).matches() || PYTHON_KEYWORDS.contains(name)) {
            throw new IllegalArgumentException("parameter name '" + name
                    + "' is not usable: expected a Python identifier that is not a keyword, such as start_year");
        }
        return name;
    }

    public static @Nullable Object parameterValue(String where, @Nullable Object value) {
        return parameterValue(where, value, 0);
    }

    private static @Nullable Object parameterValue(String where, @Nullable Object value, int depth) {
        if (depth > DEEPEST_NESTING) {
            throw new IllegalArgumentException(
                    "parameter " + where + " is nested deeper than " + DEEPEST_NESTING + " levels");
        }
        if (value == null
                || value instanceof String
                || value instanceof Boolean
                || value instanceof Byte
                || value instanceof Short
                || value instanceof Integer
                || value instanceof Long
                || value instanceof Float
                || value instanceof Double
                || value instanceof BigInteger
                || value instanceof BigDecimal) {
            return value;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>(list.size());
            for (int i = 0; i < list.size(); i++) {
                copy.add(parameterValue(where + "[" + i + "]", list.get(i), depth + 1));
            }
            return Collections.unmodifiableList(copy);
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> copy = new LinkedHashMap<>();
            map.forEach((key, nested) -> {
                if (!(key instanceof String name)) {
                    throw new IllegalArgumentException(
                            "parameter " + where + " has the key " + key + ": expected keys that are strings");
                }
                copy.put(name, parameterValue(where + "." + name, nested, depth + 1));
            });
            return Collections.unmodifiableMap(copy);
        }
        throw new IllegalArgumentException("parameter " + where + " is a "
                + value.getClass().getName() + ": expected null, a string, boolean, number, list or map");
    }

    public static String environmentName(String name) {
        if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "'" + name + "' is not an environment variable's name: expected one without '=' or NUL");
        }
        if (name.startsWith("NBGUARD_")) {
            throw new IllegalArgumentException(
                    "environment variable '" + name + "' is nbguard's own: names beginning with NBGUARD_ are taken");
        }
        return name;
    }

    public static String noNul(String what, String value) {
        if (value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(what + " has a NUL character, which no process can be given");
        }
        return value;
    }

    public static String oneLine(String what, String value) {
        if (value.isBlank()) {
            throw new IllegalArgumentException(what + " is blank: expected a name");
        }
        for (int i = 0; i < value.length(); i++) {
            if (Character.isISOControl(value.charAt(i))) {
                throw new IllegalArgumentException(what + " has the control character U+"
                        + String.format("%04X", (int) value.charAt(i)) + " at position " + i);
            }
        }
        return value;
    }
}
