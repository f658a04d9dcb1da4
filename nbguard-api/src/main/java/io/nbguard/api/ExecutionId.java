package io.nbguard.api;

import com.fasterxml.jackson.annotation.JsonValue;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Names one execution. Unique across guards and restarts, short enough to type, safe in a file name.
 *
 * @param value 3 to 64 characters of {@code a-z 0-9 -}, beginning with a letter or digit
 */
public record ExecutionId(@JsonValue String value) {

    private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9-]{2,63}");
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";

    /**
     * Checks the form.
     *
     * @throws IllegalArgumentException if {@code value} has another form
     */
    public ExecutionId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "'" + value + "' is not an execution id: expected 3 to 64 characters of a-z, 0-9 and -");
        }
    }

    /**
     * Returns the id that this text is, such as one that was kept elsewhere.
     *
     * @throws IllegalArgumentException if {@code text} has another form
     */
    public static ExecutionId of(String text) {
        return new ExecutionId(Objects.requireNonNull(text, "text"));
    }

    /** Returns a new id with 59 random bits, such as {@code k3x9m2pq7c4t}; look-alike characters are left out. */
    public static ExecutionId random() {
        StringBuilder text = new StringBuilder(12);
        for (int i = 0; i < 12; i++) {
            text.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
        }
        return new ExecutionId(text.toString());
    }

    /** Returns the first eight characters: enough to distinguish the executions of one day. */
    public String shortForm() {
        return value.length() <= 8 ? value : value.substring(0, 8);
    }

    @Override
    public String toString() {
        return value;
    }
}
