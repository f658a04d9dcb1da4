package io.nbguard.examples.serve.notebook;

import io.nbguard.examples.serve.notebook.NotebookCell.Text;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** What a notebook has printed: the end of it. */
public final class NotebookLog {

    private static final int LONGEST_LINE = 4_096;

    private NotebookLog() {}

    /**
     * Returns the last lines of what was printed, tracebacks included.
     *
     * @param lines how many at most
     * @param end a line to follow, such as the error that ended it
     */
    public static String tail(Path notebook, int lines, Optional<String> end) {
        Deque<String> last = new ArrayDeque<>();
        int[] cells = {0};
        try {
            CellReader.read(notebook, cell -> {
                cells[0]++;
                cell.outputs().forEach(output -> {
                    if (output instanceof Text text && !text.text().isBlank()) {
                        for (String line :
                                PlainOutput.of(text.text()).stripTrailing().split("\n")) {
                            add(last, line, lines);
                        }
                    }
                });
                return true;
            });
        } catch (IOException e) {
            add(last, "(the notebook breaks off after cell " + cells[0] + ")", lines);
        }
        end.ifPresent(line -> add(last, line, lines));
        return last.isEmpty() ? "" : String.join("\n", last) + "\n";
    }

    private static void add(Deque<String> last, String line, int most) {
        last.addLast(line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) + "…" : line);
        if (last.size() > most) {
            last.removeFirst();
        }
    }
}
