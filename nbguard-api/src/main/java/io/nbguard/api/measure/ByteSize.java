package io.nbguard.api.measure;

import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes, never negative.
 *
 * <p>Text uses binary units as Docker does: {@code 1k} is 1,024 bytes and {@code 1g} is 1,024³ bytes.
 *
 * @param bytes how many, 0 or more
 */
public record ByteSize(@JsonValue long bytes) implements Comparable<ByteSize> {

    /** No bytes. */
    public static final ByteSize ZERO = new ByteSize(0);

    private static final Pattern FORM =
            Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(?:([kmgt])i?b?|b)?", Pattern.CASE_INSENSITIVE);
    private static final String UNITS = "kmgt";
    private static final int MOST_DECIMALS = 6;

    /**
     * Checks the size.
     *
     * @throws IllegalArgumentException if {@code bytes} is negative
     */
    public ByteSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("a size in bytes must be 0 or more, not " + bytes);
        }
    }

    /** Returns {@code bytes} as a size. */
    public static ByteSize ofBytes(long bytes) {
        return new ByteSize(bytes);
    }

    /** Returns {@code mebibytes} × 1,024² bytes. */
    public static ByteSize ofMebibytes(long mebibytes) {
        return new ByteSize(Math.multiplyExact(mebibytes, 1L << 20));
    }

    /** Returns {@code gibibytes} × 1,024³ bytes. */
    public static ByteSize ofGibibytes(long gibibytes) {
        return new ByteSize(Math.multiplyExact(gibibytes, 1L << 30));
    }

    /**
     * Reads {@code 100000b}, {@code 1000k}, {@code 128m}, {@code 1.5g}, {@code 2Gi}, {@code 2GiB}; no unit means bytes.
     *
     * @throws IllegalArgumentException if {@code text} is not of that form, a fraction of a byte, or larger than 2⁶³ − 1 bytes
     */
    public static ByteSize parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text
                    + "' is not a size: expected a number and an optional unit b, k, m, g or t, such as 512m or 2g");
        }
        BigDecimal number = new BigDecimal(matcher.group(1));
        String unit = matcher.group(2);
        if (unit == null && number.stripTrailingZeros().scale() > 0) {
            // Docker would take '2.5' for 2 bytes where gigabytes are meant.
            throw new IllegalArgumentException("'" + text
                    + "' is a fraction of a byte: expected a whole number of bytes, or a unit k, m, g or t as in 2.5g");
        }
        int exponent = unit == null
                ? 0
                : 1 + UNITS.indexOf(unit.toLowerCase(Locale.ROOT).charAt(0));
        try {
            return new ByteSize(number.multiply(BigDecimal.valueOf(1L << (10 * exponent)))
                    .setScale(0, RoundingMode.DOWN)
                    .longValueExact());
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("'" + text + "' is larger than the largest size, 2^63 - 1 bytes", e);
        }
    }

    /** Returns this size plus {@code other}. */
    public ByteSize plus(ByteSize other) {
        return new ByteSize(Math.addExact(bytes, other.bytes));
    }

    /** Returns {@code fraction} of this size, rounded down. */
    public ByteSize times(double fraction) {
        return new ByteSize((long) (bytes * fraction));
    }

    @Override
    public int compareTo(ByteSize other) {
        return Long.compare(bytes, other.bytes);
    }

    /** Returns a short form for people, such as {@code 0 B}, {@code 512.0 MiB} or {@code 15.0 GiB}. */
    @Override
    public String toString() {
        if (bytes < 1024) {
            return bytes + " B";
        }
        return text(exponent(), 1);
    }

    /**
     * Returns the same form with as many digits as it takes to distinguish this size from others beside it: 1.375 GiB
     * beside 1.373 GiB, where {@link #toString()} has 1.4 GiB for both.
     *
     * @param others sizes that this one is compared with; those that are equal to it change nothing
     */
    public String textBeside(ByteSize... others) {
        Objects.requireNonNull(others, "others");
        String text = toString();
        for (ByteSize other : others) {
            String apart = textApartFrom(other);
            text = apart.length() > text.length() ? apart : text;
        }
        return text;
    }

    private String textApartFrom(ByteSize other) {
        String text = toString();
        if (bytes == other.bytes || !text.equals(other.toString())) {
            return text;
        }
        // The same text means the same unit.
        for (int decimals = 2; decimals <= MOST_DECIMALS; decimals++) {
            text = text(exponent(), decimals);
            if (!text.equals(other.text(exponent(), decimals))) {
                return text;
            }
        }
        return bytes + " B";
    }

    private int exponent() {
        return bytes < 1024 ? 0 : (63 - Long.numberOfLeadingZeros(bytes)) / 10;
    }

    private String text(int exponent, int decimals) {
        // Not by String.format, which takes longer than all else between a watchdog's decision and its signal.
        long scale = 1;
        for (int i = 0; i < decimals; i++) {
            scale *= 10;
        }
        long scaled = Math.round(scale * (bytes / (double) (1L << (10 * exponent))));
        String fraction = Long.toString(scale + scaled % scale).substring(1);
        return scaled / scale + "." + fraction + " " + "BKMGTPE".charAt(exponent) + "iB";
    }
}
