package io.nbguard.server.notebook;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.server.notebook.NotebookCell.Output;
import io.nbguard.server.notebook.NotebookCell.Text;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** What a notebook has printed: the end of it, a million characters at most. */
public final class NotebookLog implements CellReader.Visitor {

    private static final int LONGEST_LINE = 4_096;
    private static final int MOST_CHARACTERS = 1 << 20;

    private final Deque<String> last = new ArrayDeque<>();
    private final int most;
    private final boolean errors;
    private int characters;
    private int cells;

    private NotebookLog(int most, boolean errors) {
        this.most = most;
        this.errors = errors;
    }

    /**
     * Returns the last lines of what was printed, tracebacks included.
     *
     * @param notebook read to its end; not closed
     * @param lines how many at most
     * @param end a line to follow, such as the error that ended it
     */
    public static String tail(InputStream notebook, int lines, Optional<String> end) {
        NotebookLog log = new NotebookLog(lines, true);
        try {
            CellReader.read(notebook, log);
        } catch (IOException e) {
            log.add("(the notebook breaks off after cell " + log.cells + ")");
        }
        end.ifPresent(line -> log.add(PlainOutput.of(line)));
        return log.last.isEmpty() ? "" : String.join("\n", log.last) + "\n";
    }

    /**
     * Returns the last line that was given out, if there is one; not what went to standard error, and no tracebacks.
     *
     * @param notebook read to its end; not closed
     * @throws IOException if it cannot be read, or is no notebook
     */
    static Optional<String> lastLine(InputStream notebook) throws IOException {
        NotebookLog log = new NotebookLog(1, false);
        CellReader.read(notebook, log);
        return Optional.ofNullable(log.last.peekLast());
    }

    @Override
    public void output(Output output) {
        if (!(output instanceof Text text) || (text.error() && !errors)) {
            return;
        }
        if (!text.text().isBlank()) {
            String plain = PlainOutput.of(text.text()).stripTrailing();
            int begin = 0;
            for (int at = plain.indexOf('\n'); at >= 0; at = plain.indexOf('\n', begin)) {
                add(plain.substring(begin, at));
                begin = at + 1;
            }
            add(plain.substring(begin));
        }
        if (text.more() > 0) {
            add("(… " + ByteSize.ofBytes(text.more()) + " more of this output: download the notebook)");
        }
    }

    @Override
    public boolean cell(NotebookCell cell) {
        cells++;
        return true;
    }

    private void add(String line) {
        String shown = line.length() > LONGEST_LINE
                ? line.substring(0, LONGEST_LINE) + "… (" + ByteSize.ofBytes(line.length() - LONGEST_LINE) + " more)"
                : line;
        last.addLast(shown);
        characters += shown.length();
        while (last.size() > most || characters > MOST_CHARACTERS) {
            characters -= last.removeFirst().length();
        }
    }
}
