package io.nbguard.papermill.run;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Keeps the last of what is printed on the console, in whatever chunks it arrives. Papermill prints there, kernels and all that
 * they start, so nothing is concluded from it; but where all else is silent it may say why.
 *
 * <p>Fed by one thread; {@link #tail()} may be called by any.
 */
final class Console {

    private static final int LONGEST_LINE = 8 << 10;
    private static final int LONGEST_TAIL = 64 << 10;

    private final StringBuilder line = new StringBuilder();
    private final Deque<String> tail = new ArrayDeque<>();
    private int tailLength;

    /** Takes the next characters. */
    void accept(CharSequence chunk) {
        for (int i = 0; i < chunk.length(); i++) {
            char c = chunk.charAt(i);
            if (c == '\n' || c == '\r') {
                endOfLine();
            } else if (line.length() < LONGEST_LINE) {
                line.append(c);
            }
        }
    }

    /** Takes the end of the stream. */
    void end() {
        endOfLine();
    }

    private void endOfLine() {
        String text = line.toString();
        line.setLength(0);
        if (!text.isBlank()) {
            keep(text);
        }
    }

    private void keep(String text) {
        synchronized (tail) {
            tail.addLast(text);
            tailLength += text.length() + 1;
            while (tailLength > LONGEST_TAIL) {
                tailLength -= tail.removeFirst().length() + 1;
            }
        }
    }

    /** Returns the last lines, 64 Ki characters at most, oldest first. */
    List<String> tail() {
        synchronized (tail) {
            return new ArrayList<>(tail);
        }
    }
}
