package io.nbguard.papermill.run;

import io.nbguard.papermill.notebook.PlainText;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Understands what papermill prints, in whatever chunks it arrives: progress such as
 * {@code \rExecuting:  67%|…| 2/3 [00:01<00:02, 1.04s/cell, running]}, notes of our own, and everything else, of which the
 * last is kept. What a kernel writes to the console directly arrives here too, so nothing is taken for granted.
 *
 * <p>Fed by one thread; {@link #tail()} may be called by any.
 */
final class Console {

    /** What it tells. Called by the feeding thread. */
    interface Listener {

        /** A count was shown. */
        void cells(int done, int total);

        /** The first cell has begun: user code may be running. */
        void begun();

        /** Our own script says something worth knowing. */
        void note(String message);
    }

    private static final Pattern PROGRESS = Pattern.compile(
            "Executing\\b[^%]{0,200}\\d%\\|[^\\[]{0,200}\\| (\\d{1,9})/(\\d{1,9}) \\[([^\\[\\]]{0,100})\\]?");
    private static final String NOTE = "nbguard: ";
    private static final int LONGEST_LINE = 8 << 10;
    private static final int LONGEST_TAIL = 64 << 10;

    private final Listener listener;
    private final StringBuilder line = new StringBuilder();
    private final Deque<String> tail = new ArrayDeque<>();
    private int tailLength;
    private boolean begun;

    Console(Listener listener) {
        this.listener = listener;
    }

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
        // A progress bar ends with the next one's beginning, which may be an hour away: it is told at once.
        progress();
    }

    /** Takes the end of the stream. */
    void end() {
        endOfLine();
    }

    private void endOfLine() {
        MatchResult bar = progress();
        // Whoever writes to the console while a bar stands there goes on in its line.
        String text = bar == null ? line.toString() : line.substring(0, bar.start()) + line.substring(bar.end());
        if (text.startsWith(NOTE)) {
            listener.note(PlainText.of(text.substring(NOTE.length()), LONGEST_LINE));
        }
        if (!text.isBlank()) {
            keep(text);
        }
        line.setLength(0);
    }

    /** Tells of the last bar in the line, and returns where it is. */
    private @Nullable MatchResult progress() {
        MatchResult bar = null;
        // The last one: a line may begin with something that another process wrote.
        for (Matcher matcher = PROGRESS.matcher(line); matcher.find(); ) {
            bar = matcher.toMatchResult();
        }
        if (bar == null) {
            return null;
        }
        int done = Integer.parseInt(bar.group(1));
        int total = Integer.parseInt(bar.group(2));
        if (done > total) {
            return null;
        }
        if (!begun && (done > 0 || bar.group(3).endsWith("running"))) {
            begun = true;
            listener.begun();
        }
        listener.cells(done, total);
        return bar;
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

    /** Returns the last lines that were not progress, 64 Ki characters at most, oldest first. */
    List<String> tail() {
        synchronized (tail) {
            return new ArrayList<>(tail);
        }
    }
}
