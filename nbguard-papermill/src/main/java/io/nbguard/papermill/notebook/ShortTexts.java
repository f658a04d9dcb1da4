package io.nbguard.papermill.notebook;

import java.io.IOException;
import java.io.Reader;

/**
 * JSON in which long texts are short: of each the beginning is passed on, then a note of how much was left out. A parser would
 * hold, or refuse, a text of any length before it can be looked at; and one cell may print a line of 20 million characters.
 * What is passed on is JSON as good as what is read.
 */
final class ShortTexts extends Reader {

    private static final int CHUNK = 8192;

    private final Reader in;
    private final int longest;
    private final char[] chunk = new char[CHUNK];
    private int next;
    private int end;

    // Of the text that is being read.
    private boolean inText;
    private int passed;
    private long leftOut;

    /** How many characters of an escape sequence are still to come: none is torn. */
    private int escape;

    private boolean escapeBegins;

    private String pending = "";
    private int pendingAt;

    /**
     * Makes one.
     *
     * @param longest how many characters of a text are passed on; an escape sequence is one
     */
    ShortTexts(Reader in, int longest) {
        this.in = in;
        this.longest = longest;
    }

    @Override
    public int read(char[] buffer, int offset, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        int written = 0;
        while (true) {
            while (written < count && pendingAt < pending.length()) {
                buffer[offset + written++] = pending.charAt(pendingAt++);
            }
            while (written < count && pendingAt == pending.length() && next < end) {
                char c = chunk[next++];
                if (passes(c)) {
                    buffer[offset + written++] = c;
                }
            }
            if (written > 0) {
                return written;
            }
            if (pendingAt == pending.length()) {
                next = 0;
                end = Math.max(0, in.read(chunk, 0, CHUNK));
                if (end == 0) {
                    return -1;
                }
            }
        }
    }

    private boolean passes(char c) {
        if (!inText) {
            inText = c == '"';
            passed = 0;
            leftOut = 0;
            return true;
        }
        if (escape > 0) {
            escape += escapeBegins && c == 'u' ? 3 : -1;
            escapeBegins = false;
            return leftOut == 0;
        }
        if (c == '"') {
            inText = false;
            if (leftOut == 0) {
                return true;
            }
            pending = " … (" + leftOut + " more characters)\"";
            pendingAt = 0;
            return false;
        }
        if (c == '\\') {
            escape = 1;
            escapeBegins = true;
        }
        if (leftOut > 0 || passed >= longest) {
            leftOut++;
            return false;
        }
        passed++;
        return true;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
