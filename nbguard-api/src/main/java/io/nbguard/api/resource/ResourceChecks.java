package io.nbguard.api.resource;

import io.nbguard.api.measure.ByteSize;

/** What single limits accept. Each check returns the value that it was given. */
final class ResourceChecks {

    /** Docker's least memory limit; below it no Python process starts. */
    static final ByteSize LEAST_MEMORY = ByteSize.ofMebibytes(6);

    private static final int LEAST_SHARES = 2;
    private static final int MOST_SHARES = 262_144;
    private static final int MOST_SWAPPINESS = 100;

    private ResourceChecks() {}

    static ByteSize memory(ByteSize size) {
        if (size.compareTo(LEAST_MEMORY) < 0) {
            throw new IllegalArgumentException("a memory limit of " + size
                    + " is too little to start a process: expected " + LEAST_MEMORY + " or more");
        }
        return size;
    }

    static ByteSize positive(String what, ByteSize size) {
        if (size.bytes() == 0) {
            throw new IllegalArgumentException(what + " of 0 bytes: expected more than 0 bytes");
        }
        return size;
    }

    static int swappiness(long value) {
        return (int) within("a swappiness of", value, 0, MOST_SWAPPINESS);
    }

    static int cpuShares(long value) {
        return (int) within("CPU shares of", value, LEAST_SHARES, MOST_SHARES);
    }

    static long pids(long value) {
        return within("a limit of processes and threads of", value, 1, Long.MAX_VALUE);
    }

    private static long within(String what, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + " " + value + " is out of range: expected " + least
                    + (most == Long.MAX_VALUE ? " or more" : " to " + most));
        }
        return value;
    }

    static String deviceName(String name) {
        if (name.isEmpty()
                || name.chars().anyMatch(c -> c == ',' || c == '=' || Character.isWhitespace(c) || c < ' ')) {
            throw new IllegalArgumentException(
                    "'" + name
                            + "' is not the id of a device: expected an index such as 0, or an id of the driver such as GPU-4a2f");
        }
        return name;
    }

    static String oneLine(String what, String text) {
        if (text.isBlank() || text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    what + " is blank or has a control character: expected one line of text, not '" + text + "'");
        }
        return text;
    }
}
