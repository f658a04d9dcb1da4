package io.nbguard.cgroup.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;

/**
 * A secret in the environment of a group's first process, which all that it starts inherits: the last way to know an
 * orphan whose parent, session and process group show nothing any more.
 *
 * <p>It is proof enough: 128 random bits that were given to one process and are written nowhere else can only have come
 * down from it. Nothing but the cookie is looked for, and nothing that was read is kept.
 */
final class Cookie {

    static final String VARIABLE = "NBGUARD_COOKIE";

    /** Between the cookies of guards inside guards: each finds its own. */
    private static final char SEPARATOR = ':';

    private static final byte[] PREFIX = (VARIABLE + "=").getBytes(StandardCharsets.US_ASCII);
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String text;
    private final byte[] bytes;

    private Cookie(String text) {
        this.text = text;
        this.bytes = text.getBytes(StandardCharsets.US_ASCII);
    }

    static Cookie random() {
        byte[] bits = new byte[16];
        RANDOM.nextBytes(bits);
        return new Cookie(HexFormat.of().formatHex(bits));
    }

    /** Puts it into an environment, behind the cookies that are there already. */
    void addTo(Map<String, String> environment) {
        environment.merge(VARIABLE, text, (outer, own) -> outer + SEPARATOR + own);
    }

    /** Returns whether {@code pid} was started with this cookie; false if its environment may not be read. */
    boolean isIn(Path proc, long pid) {
        try {
            return isIn(ProcFiles.bytes(proc.resolve(Long.toString(pid)).resolve("environ")));
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns whether an environment, entries ended by NUL bytes, has it. */
    boolean isIn(byte[] environment) {
        int begin = 0;
        while (begin < environment.length) {
            int end = begin;
            while (end < environment.length && environment[end] != 0) {
                end++;
            }
            if (startsWith(environment, begin, end, PREFIX) && contains(environment, begin + PREFIX.length, end)) {
                return true;
            }
            begin = end + 1;
        }
        return false;
    }

    private boolean contains(byte[] environment, int from, int end) {
        for (int at = from; at + bytes.length <= end; at++) {
            if (startsWith(environment, at, end, bytes)) {
                return true;
            }
        }
        return false;
    }

    private static boolean startsWith(byte[] text, int at, int end, byte[] wanted) {
        if (at + wanted.length > end) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            if (text[at + i] != wanted[i]) {
                return false;
            }
        }
        return true;
    }
}
