package io.nbguard.papermill.notebook;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.nbguard.api.internal.UntrustedFiles;
import io.nbguard.papermill.notebook.Evidence.CellError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@link Evidence} from an executed notebook as a stream. Looks at error outputs and at which cells began. That a cell
 * "completed" does not count (after a dead kernel papermill says so of every cell); that it failed does.
 */
public final class EvidenceReader {

    private static final int LONGEST_MESSAGE = 2000;

    private final JsonParser parser;
    private final boolean injectedCellIsNew;
    private int number;
    private boolean hasCells;
    private Optional<CellError> error = Optional.empty();
    private OptionalInt lastBegun = OptionalInt.empty();
    private OptionalInt failed = OptionalInt.empty();

    // Of the cell being read. Its tags may follow its outputs.
    private boolean marker;
    private boolean injected;
    private boolean mayRaise;
    private boolean begun;
    private boolean saidToFail;
    private boolean exited;
    private @Nullable String errorName;
    private String errorMessage = "";

    /** More than any notebook has that papermill could write. */
    private static final long LARGEST = 16L << 30;

    private EvidenceReader(JsonParser parser, boolean injectedCellIsNew) {
        this.parser = parser;
        this.injectedCellIsNew = injectedCellIsNew;
    }

    /**
     * Reads what is there; a torn, empty or missing file gives what could be read of it.
     *
     * @param injectedCellIsNew whether the cell of injected parameters was not in the notebook that was run
     */
    public static Evidence read(Path output, boolean injectedCellIsNew) {
        try (InputStream in = UntrustedFiles.stream(output, LARGEST)) {
            return read(in, injectedCellIsNew);
        } catch (IOException unreadable) {
            return Evidence.NONE;
        }
    }

    static Evidence read(InputStream in, boolean injectedCellIsNew) throws IOException {
        try (JsonParser parser = NotebookJson.parser(in)) {
            EvidenceReader reader = new EvidenceReader(parser, injectedCellIsNew);
            boolean whole = false;
            try {
                whole = reader.notebook();
            } catch (IOException torn) {
                // What was read before the tear is evidence all the same.
                reader.endOfCell();
            }
            return new Evidence(reader.error, reader.lastBegun, reader.failed, whole);
        }
    }

    private boolean notebook() throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            return false;
        }
        NotebookJson.members(parser, name -> {
            if (name.equals("cells")) {
                hasCells = true;
                NotebookJson.elements(parser, this::cell);
            } else {
                parser.skipChildren();
            }
        });
        return hasCells && parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null;
    }

    private void cell() throws IOException {
        marker = false;
        injected = false;
        mayRaise = false;
        begun = false;
        saidToFail = false;
        exited = false;
        errorName = null;
        errorMessage = "";
        NotebookJson.members(parser, name -> {
            switch (name) {
                case "metadata" -> NotebookJson.members(parser, this::cellMetadata);
                case "outputs" -> NotebookJson.elements(parser, this::output);
                default -> parser.skipChildren();
            }
        });
        endOfCell();
    }

    private void cellMetadata(String name) throws IOException {
        switch (name) {
            case "tags" -> {
                NotebookJson.texts(parser, tag -> {
                    marker |= tag.equals("papermill-error-cell-tag");
                    injected |= tag.equals("injected-parameters");
                    mayRaise |= tag.equals("raises-exception");
                });
            }
            case "papermill" ->
                NotebookJson.members(parser, member -> {
                    switch (member) {
                        // Only this is set when a cell begins, and never otherwise.
                        case "start_time" -> begun = parser.currentToken() == JsonToken.VALUE_STRING;
                        case "status" -> saidToFail = NotebookJson.text(parser).equals("failed");
                        default -> {}
                    }
                    parser.skipChildren();
                });
            default -> parser.skipChildren();
        }
    }

    private void output() throws IOException {
        String[] found = {"", "", ""};
        NotebookJson.members(parser, name -> {
            switch (name) {
                case "output_type" -> found[0] = NotebookJson.text(parser);
                case "ename" -> found[1] = NotebookJson.text(parser);
                case "evalue" -> found[2] = NotebookJson.text(parser);
                default -> parser.skipChildren();
            }
        });
        // sys.exit() and sys.exit(0) end a notebook well, and yet leave an error output.
        boolean goodExit = found[1].equals("SystemExit") && (found[2].isEmpty() || found[2].equals("0"));
        exited |= found[0].equals("error") && goodExit;
        if (errorName == null && found[0].equals("error") && !goodExit) {
            errorName = found[1].isEmpty() ? "an error without a name" : found[1];
            errorMessage = found[2];
        }
    }

    private void endOfCell() {
        if (marker) {
            return;
        }
        boolean counts = !(injected && injectedCellIsNew);
        if (counts) {
            number++;
        }
        if (begun) {
            lastBegun = OptionalInt.of(Math.max(number, 1));
        }
        if (saidToFail && !exited && !mayRaise) {
            failed = OptionalInt.of(Math.max(number, 1));
        }
        if (errorName != null && !mayRaise) {
            // The last one is the one that ended the run.
            error = Optional.of(new CellError(
                    PlainText.of(errorName, 200),
                    PlainText.of(errorMessage, LONGEST_MESSAGE),
                    counts ? OptionalInt.of(number) : OptionalInt.empty()));
        }
        errorName = null;
        begun = false;
        saidToFail = false;
    }
}
