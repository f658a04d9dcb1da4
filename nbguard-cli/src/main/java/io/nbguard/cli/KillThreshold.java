package io.nbguard.cli;

import io.nbguard.api.measure.ByteSize;
import java.util.regex.Pattern;

/** When the watchdog acts: a part of the memory limit, or a number of bytes. */
sealed interface KillThreshold {

    /** A part of the limit, more than 0 and at most 1. */
    record Fraction(double of) implements KillThreshold {}

    /** A number of bytes. */
    record Bytes(ByteSize size) implements KillThreshold {}

    /**
     * Reads {@code 0.9375}, {@code 93.75%} or {@code 15000m}.
     *
     * @throws IllegalArgumentException if {@code text} is none of them
     */
    static KillThreshold parse(String text) {
        String stripped = text.strip();
        if (Pattern.matches("\\d*\\.?\\d+\\s*%?", stripped)) {
            boolean percent = stripped.endsWith("%");
            double number = Double.parseDouble(
                    percent ? stripped.substring(0, stripped.length() - 1).strip() : stripped);
            double fraction = percent ? number / 100 : number;
            if (fraction > 0 && fraction <= 1) {
                return new Fraction(fraction);
            }
            throw new IllegalArgumentException(
                    "'" + text + "' is not a threshold: expected a part of the limit, such as"
                            + " 0.9 or 90%, or a size with its unit, such as 15000m");
        }
        ByteSize size = ByteSize.parse(stripped);
        if (size.bytes() == 0) {
            throw new IllegalArgumentException("'" + text + "' would end every notebook at once: expected more than 0");
        }
        return new Bytes(size);
    }
}
