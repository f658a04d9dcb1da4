package io.nbguard.cgroup.process;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The short name of a process, as a string that is kept for as long as the name is the same: a steady tick makes none. */
final class ProcessName {

    private byte[] bytes = {};
    private String string = "";

    /** Makes this the name in the first {@code length} bytes of {@code source}. */
    void set(byte[] source, int length) {
        if (!Arrays.equals(bytes, 0, bytes.length, source, 0, length)) {
            bytes = Arrays.copyOf(source, length);
            string = printable(new String(bytes, StandardCharsets.UTF_8));
        }
    }

    /** A process may call itself an escape sequence; tables of processes end up on terminals. */
    private static String printable(String name) {
        StringBuilder text = new StringBuilder(name.length());
        name.codePoints().forEach(c -> text.appendCodePoint(Character.isISOControl(c) ? '?' : c));
        return text.toString();
    }

    @Override
    public String toString() {
        return string;
    }
}
