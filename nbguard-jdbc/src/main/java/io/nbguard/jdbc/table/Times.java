package io.nbguard.jdbc.table;

import java.time.Instant;

/** Times as they stand in the tables: nanoseconds since 1970, exact from 1677 to 2262. */
final class Times {

    private static final long NANOS = 1_000_000_000L;
    private static final Instant FIRST = instant(Long.MIN_VALUE);
    private static final Instant LAST = instant(Long.MAX_VALUE);

    private Times() {}

    /** Returns the nanoseconds; the nearest there are for a time outside. */
    static long nanos(Instant time) {
        if (!time.isAfter(FIRST)) {
            return Long.MIN_VALUE;
        }
        if (!time.isBefore(LAST)) {
            return Long.MAX_VALUE;
        }
        // In two steps for times before 1970, where the product alone can be too small though the sum is not.
        return time.getEpochSecond() < 0
                ? (time.getEpochSecond() + 1) * NANOS + (time.getNano() - NANOS)
                : time.getEpochSecond() * NANOS + time.getNano();
    }

    static Instant instant(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS), Math.floorMod(nanos, NANOS));
    }
}
