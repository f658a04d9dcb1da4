package io.nbguard.server.http;

import java.time.Instant;
import java.time.format.DateTimeParseException;

/** Times that clients send: ISO-8601 with a zone, in years of four digits. */
public final class Times {

    private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");

    private Times() {}

    /**
     * Returns the time.
     *
     * @param what what it is, for messages, such as {@code the query's 'since'}
     * @throws Refusal (400) if it is none
     */
    public static Instant parse(String what, String text) {
        try {
            Instant time = Instant.parse(text);
            if (!time.isBefore(FIRST) && !time.isAfter(LAST)) {
                return time;
            }
        } catch (DateTimeParseException e) {
            // Said below.
        }
        throw Refusal.badRequest(
                what + " is '" + text + "': expected a time such as 2026-01-13T02:00:00Z, in the years 0000 to 9999");
    }
}
