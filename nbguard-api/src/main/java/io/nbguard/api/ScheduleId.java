package io.nbguard.api;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Names one schedule of a guard, in the host's words or at random; safe in a file name and in a URL.
 *
 * @param value 1 to 64 characters of {@code a-z 0-9 -}, beginning with a letter or digit, such as {@code nightly-sales}
 */
public record ScheduleId(@JsonValue String value) {

    private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");

    /**
     * Checks the form.
     *
     * @throws IllegalArgumentException if {@code value} has another form
     */
    public ScheduleId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "'" + value + "' is not a schedule id: expected 1 to 64 characters of a-z, "
                            + "0-9 and -, beginning with a letter or digit, such as nightly-sales");
        }
    }

    /**
     * Returns the id that this text is.
     *
     * @throws IllegalArgumentException if {@code text} has another form
     */
    public static ScheduleId of(String text) {
        return new ScheduleId(Objects.requireNonNull(text, "text"));
    }

    /** Returns a new id as random as an execution's. */
    public static ScheduleId random() {
        return new ScheduleId(ExecutionId.random().value());
    }

    @Override
    public String toString() {
        return value;
    }
}
