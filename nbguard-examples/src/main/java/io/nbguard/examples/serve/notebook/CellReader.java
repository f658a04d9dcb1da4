package io.nbguard.examples.serve.notebook;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.nbguard.examples.serve.notebook.NotebookCell.Image;
import io.nbguard.examples.serve.notebook.NotebookCell.Omitted;
import io.nbguard.examples.serve.notebook.NotebookCell.Output;
import io.nbguard.examples.serve.notebook.NotebookCell.Text;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a notebook's cells one after the other, so that of a notebook of any size only one cell is in memory, and of that
 * no more than a bounded part.
 */
final class CellReader {

    private static final int LONGEST_TEXT = 1 << 20;
    private static final int LONGEST_IMAGE = 6 << 20;
    private static final int MOST_PER_CELL = 12 << 20;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(16 << 20)
                    .maxNestingDepth(1_000)
                    .build())
            .build();

    /** Takes the cells. */
    @FunctionalInterface
    interface Visitor {

        /** Takes one; returns whether it wants more. */
        boolean cell(NotebookCell cell) throws IOException;
    }

    private final JsonParser parser;
    private final Visitor visitor;
    private int left;

    private CellReader(JsonParser parser, Visitor visitor) {
        this.parser = parser;
        this.visitor = visitor;
    }

    /**
     * Has {@code visitor} take the cells of a notebook, in their order.
     *
     * @throws IOException if the file cannot be read, or is no notebook; what was read before that has been visited
     */
    static void read(Path notebook, Visitor visitor) throws IOException {
        try (InputStream in = Files.newInputStream(notebook);
                JsonParser parser = JSON.createParser(in)) {
            new CellReader(parser, visitor).notebook();
        }
    }

    private void notebook() throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new IOException("not a notebook: expected a JSON object");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean cells = parser.currentName().equals("cells");
            if (parser.nextToken() != JsonToken.START_ARRAY || !cells) {
                parser.skipChildren();
                continue;
            }
            while (parser.nextToken() == JsonToken.START_OBJECT) {
                if (!visitor.cell(cell())) {
                    return;
                }
            }
        }
    }

    private NotebookCell cell() throws IOException {
        left = MOST_PER_CELL;
        String type = "raw";
        String source = "";
        List<String> tags = List.of();
        Optional<String> count = Optional.empty();
        List<Output> outputs = new ArrayList<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "cell_type" -> type = text();
                case "source" -> source = text();
                case "metadata" -> tags = tags();
                case "execution_count" -> {
                    count = Optional.of(parser.getText()).filter(number -> number.matches("\\d+"));
                    parser.skipChildren();
                }
                case "outputs" -> outputs(outputs);
                default -> parser.skipChildren();
            }
        }
        return new NotebookCell(type, source, tags, count, outputs);
    }

    private List<String> tags() throws IOException {
        List<String> tags = new ArrayList<>();
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return tags;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean found = parser.currentName().equals("tags");
            if (parser.nextToken() != JsonToken.START_ARRAY || !found) {
                parser.skipChildren();
                continue;
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (parser.currentToken() == JsonToken.VALUE_STRING) {
                    tags.add(parser.getText());
                } else {
                    parser.skipChildren();
                }
            }
        }
        return tags;
    }

    private void outputs(List<Output> outputs) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() == JsonToken.START_OBJECT) {
            output(outputs);
        }
    }

    private void output(List<Output> outputs) throws IOException {
        String type = "";
        String stream = "";
        String printed = "";
        String name = "";
        String value = "";
        String traceback = "";
        Output data = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            parser.nextToken();
            switch (field) {
                case "output_type" -> type = text();
                case "name" -> stream = text();
                case "text" -> printed = text();
                case "ename" -> name = text();
                case "evalue" -> value = text();
                case "traceback" -> traceback = joined("\n", LONGEST_TEXT);
                case "data" -> data = data();
                default -> parser.skipChildren();
            }
        }
        if (type.equals("stream")) {
            outputs.add(new Text(printed, stream.equals("stderr")));
        } else if (type.equals("error")) {
            outputs.add(new Text(traceback.isBlank() ? name + ": " + value : traceback, true));
        } else if (data != null) {
            outputs.add(data);
        }
    }

    /** Of several forms of one result the picture, else the text. */
    private @Nullable Output data() throws IOException {
        Output text = null;
        Output image = null;
        boolean other = false;
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return null;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String media = parser.currentName();
            parser.nextToken();
            switch (media) {
                case "text/plain" -> text = new Text(text(), false);
                case "image/png", "image/jpeg" -> image = image(media);
                default -> {
                    other = true;
                    parser.skipChildren();
                }
            }
        }
        if (image != null) {
            return image;
        }
        return text == null && other ? new Omitted("an output without a plain form") : text;
    }

    private Output image(String media) throws IOException {
        String base64 = joined("", LONGEST_IMAGE);
        if (base64.length() >= LONGEST_IMAGE) {
            return new Omitted("a picture that is too large to be shown here");
        }
        StringBuilder clean = new StringBuilder(base64.length());
        for (int i = 0; i < base64.length(); i++) {
            char at = base64.charAt(i);
            if (at != '\n' && at != '\r') {
                clean.append(at);
            }
        }
        String checked = clean.toString();
        return checked.matches("[A-Za-z0-9+/]*={0,2}")
                ? new Image(media, checked)
                : new Omitted("a picture that cannot be read");
    }

    private String text() throws IOException {
        return joined("", LONGEST_TEXT);
    }

    /** Returns a string, or a list of them put together; cut where it is too long. */
    private String joined(String between, int longest) throws IOException {
        int most = Math.max(0, Math.min(longest, left));
        StringBuilder text = new StringBuilder();
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (parser.currentToken() != JsonToken.VALUE_STRING) {
                    parser.skipChildren();
                } else if (text.length() < most) {
                    append(text, text.isEmpty() ? "" : between, most);
                    append(text, parser.getText(), most);
                }
            }
        } else if (parser.currentToken() == JsonToken.VALUE_STRING) {
            append(text, parser.getText(), most);
        } else {
            parser.skipChildren();
        }
        left -= text.length();
        return text.toString();
    }

    private static void append(StringBuilder text, String more, int most) {
        text.append(more, 0, Math.min(more.length(), most - text.length()));
    }
}
