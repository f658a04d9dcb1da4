package io.nbguard.api.resource;

import io.nbguard.api.measure.ByteSize;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One value of a map of limits with its key, which every message names.
 *
 * @param name the key, with the keys around it
 * @param value a string, number, boolean, list or map
 */
record Field(String name, Object value) {

    private static final int LONGEST_SHOWN = 100;
    private static final int LONGEST_MESSAGE = 1_000;
    private static final int MOST_DIGITS = 40;
    private static final String UNLIMITED = "unlimited";

    /** Runs what reads this value; its message then names the key. */
    void explain(Runnable reading) {
        try {
            reading.run();
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            if (message.length() > LONGEST_MESSAGE) {
                message = message.substring(0, LONGEST_MESSAGE) + "…";
            } else if (message.contains(name)) {
                throw e;
            }
            throw new IllegalArgumentException(message.contains(name) ? message : name + ": " + message, e);
        }
    }

    boolean isUnlimited() {
        return UNLIMITED.equals(value);
    }

    /** Returns whether it is this whole number, as a number or as text. */
    boolean is(long number) {
        return value instanceof String text
                ? text.strip().equals(Long.toString(number))
                : value instanceof Number && decimal().compareTo(BigDecimal.valueOf(number)) == 0;
    }

    /** Returns a number of bytes: text with a unit, or a whole number. */
    ByteSize size() {
        if (value instanceof String text) {
            return ByteSize.parse(text);
        }
        return ByteSize.ofBytes(whole("a number of bytes, or text such as '512m'"));
    }

    /** Returns a whole number, given as a number or as text. */
    long whole(String expected) {
        try {
            return decimal().longValueExact();
        } catch (ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException(shown() + " cannot be meant: expected " + expected, e);
        }
    }

    private BigDecimal decimal() {
        if (value instanceof BigDecimal decimal) {
            return decimal;
        }
        if (value instanceof String text && text.strip().matches("-?\\d{1,19}")) {
            return new BigDecimal(text.strip());
        }
        if (value instanceof Number && !(value instanceof BigInteger big && big.bitLength() > Long.SIZE)) {
            // NaN and the infinities are refused here.
            return new BigDecimal(value.toString());
        }
        throw new NumberFormatException(shown());
    }

    /** Returns text; a number as it would be written, which for a number of a few characters may be gigabytes of digits. */
    String numberAsText(String expected) {
        if (value instanceof String text) {
            return text;
        }
        try {
            BigDecimal number = decimal();
            if (Math.abs((long) number.precision() - number.scale()) > MOST_DIGITS || number.scale() > MOST_DIGITS) {
                throw new NumberFormatException(shown());
            }
            return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(shown() + " cannot be meant: expected " + expected, e);
        }
    }

    String text(String expected) {
        if (value instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException(shown() + " cannot be meant: expected " + expected);
    }

    List<Field> list() {
        if (!(value instanceof List<?> list)) {
            throw new IllegalArgumentException(shown() + " is not a list: expected [...]");
        }
        List<Field> fields = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            fields.add(new Field(name + "[" + i + "]", present(list.get(i))));
        }
        return fields;
    }

    /** Returns a list of names; whole numbers are taken for names. */
    List<String> names() {
        return list().stream().map(field -> field.numberAsText("text")).toList();
    }

    /** Returns a map without the keys whose value is null. */
    Map<String, Field> map(Set<String> known) {
        if (!(value instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException(shown() + " is not a map: expected {...}");
        }
        Map<String, Field> fields = new LinkedHashMap<>();
        map.forEach((key, part) -> {
            String text = String.valueOf(key);
            if (!known.contains(text)) {
                throw new IllegalArgumentException("there is no key '" + text + "' in " + name + ": expected "
                        + (known.isEmpty()
                                ? "none"
                                : "one of " + known.stream().sorted().toList()));
            }
            if (part != null) {
                fields.put(text, new Field(name + "." + text, part));
            }
        });
        return fields;
    }

    private Object present(@Nullable Object part) {
        if (part == null) {
            throw new IllegalArgumentException("null in " + name + " cannot be meant: expected a value");
        }
        return part;
    }

    /** Returns the value for a message. */
    String shown() {
        String text = value.toString();
        String part = text.length() > LONGEST_SHOWN ? text.substring(0, LONGEST_SHOWN) + "…" : text;
        return value instanceof String ? "'" + part + "'" : part;
    }

    /** Returns the key and the value, such as {@code mem_limit '1g'}. */
    @Override
    public String toString() {
        return name + " " + shown();
    }
}
