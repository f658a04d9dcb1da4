package io.nbguard.papermill.run;

import io.nbguard.papermill.launch.FlatJson;
import io.nbguard.papermill.notebook.Evidence.CellError;
import io.nbguard.papermill.notebook.PlainText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Parses what our script reports on its channel, a JSON object a line, in whatever chunks it arrives. Lines that are not
 * understood are passed over. Fed by one thread; {@link #report()} may be called by any.
 */
final class ScriptReader {

    /** What it passes on at once. Called by the feeding thread. */
    interface Listener {

        /** So many of all cells have completed. */
        void cells(int done, int total);

        /** The first cell has begun: user code may be running. */
        void begun();

        /** Something worth knowing. */
        void note(String message);
    }

    private static final int LONGEST_LINE = 128 << 10;
    private static final int LONGEST_NOTE = 2000;
    private static final int LONGEST_NAME = 200;
    private static final int MOST_REMARKS = 20;

    private final Listener listener;
    private final OptionalInt addedCell;
    private final StringBuilder line = new StringBuilder();

    private int done;
    private OptionalInt total = OptionalInt.empty();
    private OptionalInt lastBegun = OptionalInt.empty();
    private Optional<CellError> error = Optional.empty();
    private OptionalInt exit = OptionalInt.empty();
    private Optional<ScriptFailure> failure = Optional.empty();
    private final List<String> remarks = new ArrayList<>();

    /**
     * Makes a reader.
     *
     * @param addedCell where papermill adds its cell of parameters, from 0; empty if it adds none
     */
    ScriptReader(OptionalInt addedCell, Listener listener) {
        this.addedCell = addedCell;
        this.listener = listener;
    }

    /** Takes the next characters. */
    void accept(CharSequence chunk) {
        for (int i = 0; i < chunk.length(); i++) {
            char c = chunk.charAt(i);
            if (c == '\n') {
                endOfLine();
            } else if (line.length() <= LONGEST_LINE) {
                line.append(c);
            }
        }
    }

    private void endOfLine() {
        String text = line.toString();
        line.setLength(0);
        if (text.length() > LONGEST_LINE) {
            return;
        }
        try {
            understand(FlatJson.parse(text));
        } catch (IOException | IllegalArgumentException other) {
            // Only our script writes here; but what it started before it took the channel for itself could, too.
        }
    }

    private void understand(Map<String, String> fields) {
        switch (fields.getOrDefault("is", "")) {
            case "progress" -> progress(number(fields, "done"), number(fields, "total"));
            case "cell" -> begin(number(fields, "index"));
            case "error" -> fail(fields);
            case "exit" -> leave(number(fields, "index"));
            case "note" -> listener.note(PlainText.of(fields.getOrDefault("text", ""), LONGEST_NOTE));
            case "remark" -> remark(PlainText.of(fields.getOrDefault("text", ""), LONGEST_NOTE));
            case "failure" -> fail(ScriptFailure.of(fields));
            default -> {
                // Of another version of the script.
            }
        }
    }

    private static int number(Map<String, String> fields, String name) {
        return Integer.parseInt(fields.getOrDefault(name, ""));
    }

    private void progress(int completed, int all) {
        boolean adds = addedCell.isPresent();
        int cells = adds ? all - 1 : all;
        // Papermill goes through the cells in order: beyond its own one, that is among those that have completed.
        int without = adds && completed > addedCell.getAsInt() ? completed - 1 : completed;
        synchronized (this) {
            done = without;
            total = OptionalInt.of(cells);
        }
        listener.cells(without, cells);
    }

    private void begin(int index) {
        boolean first;
        synchronized (this) {
            first = lastBegun.isEmpty();
            // Papermill's own cell, before all others, counts as the first: something runs.
            lastBegun = OptionalInt.of(cellNumber(index).orElse(Math.max(1, index)));
        }
        if (first) {
            listener.begun();
        }
    }

    private synchronized void fail(Map<String, String> fields) {
        error = Optional.of(new CellError(
                PlainText.of(fields.getOrDefault("name", ""), LONGEST_NAME),
                PlainText.of(fields.getOrDefault("text", ""), LONGEST_NOTE),
                cellNumber(number(fields, "index"))));
    }

    private synchronized void fail(ScriptFailure ended) {
        failure = Optional.of(ended);
    }

    private synchronized void leave(int index) {
        exit = OptionalInt.of(cellNumber(index).orElse(1));
    }

    private void remark(String text) {
        synchronized (this) {
            if (remarks.size() >= MOST_REMARKS) {
                return;
            }
            remarks.add(text);
        }
        listener.note(text);
    }

    /** Returns the number, from 1, of a cell in the notebook that was run; empty for the one that papermill adds. */
    private OptionalInt cellNumber(int index) {
        if (addedCell.isEmpty() || index < addedCell.getAsInt()) {
            return OptionalInt.of(index + 1);
        }
        return index == addedCell.getAsInt() ? OptionalInt.empty() : OptionalInt.of(index);
    }

    /** Returns all that was reported up to now. */
    synchronized ScriptReport report() {
        return new ScriptReport(done, total, lastBegun, error, exit, failure, List.copyOf(remarks));
    }
}
