package io.nbguard.server.notebook;

import java.io.IOException;
import java.io.Reader;
import java.util.HashMap;
import java.util.Map;

/**
 * A JSON document of which each string is cut after so many characters, and each number too, so that a parser, which holds
 * one string at a time, holds no more than that. How much was left out of a string is known by where it begins.
 */
final class ShortStrings extends Reader {

    private static final int LONGEST_NUMBER = 500;
    private static final int BYTE_ORDER_MARK = 0xFEFF;

    private final Reader in;
    private final int longest;
    private final char[] buffer = new char[8_192];
    private int next;
    private int end;

    private final Map<Long, Long> cuts = new HashMap<>();
    private long given;
    private long begun;
    private boolean inString;
    private int escaped;
    private long length;
    private boolean cutting;
    private int number;

    ShortStrings(Reader in, int longest) {
        this.in = in;
        this.longest = longest;
    }

    /** Returns how many characters were left out of the string that begins at this offset of what was given out. */
    long leftOut(long offset) {
        Long cut = cuts.remove(offset);
        return cut == null ? 0 : cut;
    }

    @Override
    public int read(char[] to, int from, int most) throws IOException {
        int count = 0;
        while (count == 0) {
            if (next == end && !fill()) {
                return -1;
            }
            while (count < most && next < end) {
                int plain = inString && escaped == 0 ? plainRun(most - count) : 0;
                if (plain > 0) {
                    count += keepRun(plain, to, from + count);
                } else if (keeps(buffer[next++])) {
                    to[from + count++] = buffer[next - 1];
                    given++;
                }
            }
        }
        return count;
    }

    /** Returns how many characters from here on neither end the string nor its being kept or cut. */
    private int plainRun(int most) {
        int last = cutting ? end : (int) Math.min(Math.min(end, next + most), next + longest - length);
        int at = next;
        while (at < last && buffer[at] != '"' && buffer[at] != '\\') {
            at++;
        }
        return at - next;
    }

    private int keepRun(int run, char[] to, int from) {
        int kept = cutting ? 0 : run;
        System.arraycopy(buffer, next, to, from, kept);
        next += run;
        length += run;
        given += kept;
        return kept;
    }

    private boolean keeps(char at) {
        return inString ? keepsOfString(at) : keepsOutside(at);
    }

    private boolean fill() throws IOException {
        boolean first = given == 0 && end == 0;
        end = Math.max(0, in.read(buffer, 0, buffer.length));
        next = first && end > 0 && buffer[0] == BYTE_ORDER_MARK ? 1 : 0;
        return end > 0;
    }

    private boolean keepsOutside(char at) {
        if (at == '"') {
            inString = true;
            begun = given;
            length = 0;
            number = 0;
            return true;
        }
        if ((at >= '0' && at <= '9') || at == '.' || at == '-' || at == '+' || at == 'e' || at == 'E') {
            return ++number <= LONGEST_NUMBER;
        }
        number = 0;
        return true;
    }

    private boolean keepsOfString(char at) {
        if (escaped > 0) {
            // After \\u four digits follow.
            escaped = escaped == 1 && at == 'u' ? -4 : 0;
        } else if (escaped < 0) {
            escaped++;
        } else if (at == '"') {
            inString = false;
            if (cutting) {
                cuts.put(begun, length - longest);
                cutting = false;
            }
            return true;
        } else {
            cutting = cutting || (length >= longest && !Character.isLowSurrogate(at));
            escaped = at == '\\' ? 1 : 0;
        }
        length++;
        return !cutting;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
