package io.nbguard.jdbc.table;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Texts as they stand in the tables. */
final class Texts {

    // PostgreSQL's indexes take 2,704 bytes at most; a character is up to three of them here.
    private static final int LONGEST_KEY = 400;
    private static final int KEPT_OF_LONGER = 300;

    private Texts() {}

    /** Returns a text that any database takes: PostgreSQL has no NUL, which shows as its symbol instead. */
    static String storable(String text) {
        return text.indexOf('\0') < 0 ? text : text.replace('\0', '\u2400');
    }

    /** Returns a text by which rows are found: itself, or if it is very long, its beginning and a digest. */
    static String key(String text) {
        String storable = storable(text);
        if (storable.length() <= LONGEST_KEY) {
            return storable;
        }
        return storable.substring(0, KEPT_OF_LONGER) + "…#" + HexFormat.of().formatHex(sha256(storable), 0, 16);
    }

    /** Returns a number that differs for texts that differ, or whose parts do. */
    static long digest(@Nullable String... parts) {
        StringBuilder all = new StringBuilder();
        for (String part : parts) {
            // The lengths keep ("ab", "c") and ("a", "bc") apart.
            all.append(part == null ? -1 : part.length()).append(':').append(part == null ? "" : part);
        }
        byte[] hash = sha256(all.toString());
        long number = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            number = number << Byte.SIZE | hash[i] & 0xff;
        }
        return number;
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
