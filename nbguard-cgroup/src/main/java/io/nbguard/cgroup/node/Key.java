package io.nbguard.cgroup.node;

import java.nio.charset.StandardCharsets;

/** The name of a number in a file of {@code name value} lines. */
public final class Key {

    private final byte[] bytes;
    private final String missing;

    /** Makes one of a name in ASCII. */
    public Key(String name) {
        bytes = name.getBytes(StandardCharsets.US_ASCII);
        missing = "no number '" + name + "' in the file";
    }

    byte[] bytes() {
        return bytes;
    }

    /** Returns what to say where it is not there; the same string every time. */
    String missing() {
        return missing;
    }
}
