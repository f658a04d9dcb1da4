package io.nbguard.jdbc.table;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a page ended: after the row of this time and number. What is newer than that does not move it.
 *
 * @param nanos the last row's time
 * @param seq the last row's number in its table
 */
record Cursor(long nanos, long seq) {

    private static final Pattern FORM = Pattern.compile("([a-z]+) (-?\\d{1,19}) (\\d{1,19})");

    /** Returns it as opaque text. */
    String text(String kind) {
        byte[] plain = (kind + " " + nanos + " " + seq).getBytes(StandardCharsets.US_ASCII);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(plain);
    }

    /**
     * Reads what {@link #text} returned.
     *
     * @param kind which list's it must be
     * @throws IllegalArgumentException if it is none of that list's
     */
    static Cursor parse(String kind, String text) {
        try {
            String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.US_ASCII);
            Matcher matcher = FORM.matcher(plain);
            if (matcher.matches() && matcher.group(1).equals(kind)) {
                return new Cursor(Long.parseLong(matcher.group(2)), Long.parseLong(matcher.group(3)));
            }
        } catch (IllegalArgumentException e) {
            // Reported below, as what was decoded to something else is.
        }
        throw new IllegalArgumentException(
                "'" + text + "' is not a cursor of " + kind + ": expected the one that came with the page before");
    }
}
