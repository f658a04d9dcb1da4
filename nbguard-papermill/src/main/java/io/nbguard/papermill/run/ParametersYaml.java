package io.nbguard.papermill.run;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes parameters as the YAML that papermill's loader (PyYAML, YAML 1.1) reads back with the same types and values: one
 * flow mapping in ASCII, every string in double quotes, so that {@code yes}, {@code 12:30}, {@code 1e5}, {@code <<} or
 * {@code !!python} stay the strings they are.
 */
final class ParametersYaml {

    /** Python refuses to turn longer integers into text, which papermill does (sys.int_info.default_max_str_digits). */
    private static final int LONGEST_INTEGER = 4300;

    private final StringBuilder yaml = new StringBuilder();

    private ParametersYaml() {}

    /**
     * Returns the text.
     *
     * @throws GuardException {@code INVALID_REQUEST} if a value cannot reach the notebook as it is; the message names it
     */
    static String of(Map<String, @Nullable Object> parameters) {
        ParametersYaml writer = new ParametersYaml();
        writer.map("", parameters);
        return writer.yaml.append('\n').toString();
    }

    private void value(String where, @Nullable Object value) {
        if (value == null) {
            yaml.append("null");
        } else if (value instanceof Boolean bool) {
            yaml.append(bool ? "true" : "false");
        } else if (value instanceof String string) {
            string(where, string);
        } else if (value instanceof Double || value instanceof Float) {
            // A float is widened, which is exact, and not read again from its shorter decimal form.
            floating(((Number) value).doubleValue());
        } else if (value instanceof BigDecimal decimal) {
            floating(exactly(where, decimal));
        } else if (value instanceof Number integer) {
            integer(where, integer);
        } else if (value instanceof List<?> list) {
            list(where, list);
        } else if (value instanceof Map<?, ?> map) {
            map(where, map);
        } else {
            throw invalid(where, "is a " + value.getClass().getName(), "null, a string, boolean, number, list or map");
        }
    }

    private void integer(String where, Number integer) {
        String digits = integer.toString();
        if (integer instanceof BigInteger && digits.length() > LONGEST_INTEGER) {
            throw invalid(
                    where,
                    "has " + digits.length() + " digits",
                    "an integer of at most " + LONGEST_INTEGER + ", which is what Python prints");
        }
        yaml.append(digits);
    }

    private static double exactly(String where, BigDecimal decimal) {
        double nearest = decimal.doubleValue();
        if (Double.isInfinite(nearest) || new BigDecimal(Double.toString(nearest)).compareTo(decimal) != 0) {
            throw invalid(
                    where,
                    "is the decimal " + shortened(decimal.toString()) + ", which no Python float is",
                    "a value of at most 15 digits, or a string for decimal.Decimal");
        }
        return nearest;
    }

    private void floating(double value) {
        if (Double.isNaN(value)) {
            yaml.append(".nan");
        } else if (Double.isInfinite(value)) {
            yaml.append(value > 0 ? ".inf" : "-.inf");
        } else {
            // 1.0E10 would be a string to YAML 1.1: a float has a point, and a sign in its exponent.
            String text = Double.toString(value);
            int exponent = text.indexOf('E');
            if (exponent < 0) {
                yaml.append(text);
            } else {
                yaml.append(text, 0, exponent).append('e');
                if (text.charAt(exponent + 1) != '-') {
                    yaml.append('+');
                }
                yaml.append(text, exponent + 1, text.length());
            }
        }
    }

    private void list(String where, List<?> list) {
        yaml.append('[');
        for (int i = 0; i < list.size(); i++) {
            if (i > 0) {
                yaml.append(", ");
            }
            value(where + "[" + i + "]", list.get(i));
        }
        yaml.append(']');
    }

    private void map(String where, Map<?, ?> map) {
        yaml.append('{');
        String separator = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            String name = String.valueOf(entry.getKey());
            String path = where.isEmpty() ? name : where + "." + name;
            // The question mark allows keys of more than 1024 characters.
            yaml.append(separator).append("? ");
            string(path, name);
            yaml.append(" : ");
            value(path, entry.getValue());
            separator = ", ";
        }
        yaml.append('}');
    }

    private void string(String where, String text) {
        yaml.append('"');
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            if (c == '"' || c == '\\') {
                yaml.append('\\').append((char) c);
            } else if (c >= ' ' && c <= '~') {
                yaml.append((char) c);
            } else if (c <= 0xFF) {
                escape('x', 2, c);
            } else if (Character.isSupplementaryCodePoint(c)) {
                escape('U', 8, c);
            } else if (Character.isSurrogate((char) c)) {
                throw invalid(
                        where,
                        "has half a surrogate pair at position " + i,
                        "text that can be encoded in UTF-8, as the executed notebook is");
            } else {
                escape('u', 4, c);
            }
            i += Character.charCount(c);
        }
        yaml.append('"');
    }

    private void escape(char kind, int digits, int c) {
        yaml.append('\\').append(kind);
        for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
            yaml.append(Character.forDigit(c >> shift & 0xF, 16));
        }
    }

    private static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }

    private static GuardException invalid(String where, String what, String expected) {
        return new GuardException(
                ErrorCode.INVALID_REQUEST, "parameter " + shortened(where) + " " + what + ": expected " + expected);
    }
}
