package io.nbguard.server.notebook;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import io.nbguard.api.internal.NotebookEncoding;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.server.notebook.NotebookCell.Image;
import io.nbguard.server.notebook.NotebookCell.Omitted;
import io.nbguard.server.notebook.NotebookCell.Output;
import io.nbguard.server.notebook.NotebookCell.Text;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a notebook's cells and outputs one after the other, so that of a notebook of any size only one output is in memory,
 * and of that no more than a bounded part.
 */
final class CellReader {

    /** The most memory that reading takes, in bytes, whatever the notebook. */
    static final long MOST_MEMORY = 20L << 20;

    private static final int LONGEST_TEXT = 1 << 20;
    private static final int LONGEST_IMAGE = 4 << 20;
    private static final int LONGEST_WORD = 200;
    private static final int MOST_TAGS = 100;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            // Both would remember every name of a notebook with millions of them.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(2 * LONGEST_IMAGE)
                    .maxNameLength(2 * LONGEST_IMAGE)
                    .maxNestingDepth(1_000)
                    .build())
            .build();

    /** Takes what there is; a cell's outputs come before the cell. */
    interface Visitor {

        /** Returns whether outputs are wanted at all. */
        default boolean wantsOutputs() {
            return true;
        }

        /** Takes an output of the cell that comes next. */
        default void output(Output output) throws IOException {}

        /** Takes a cell; returns whether it wants more. */
        boolean cell(NotebookCell cell) throws IOException;
    }

    private final ShortStrings document;
    private final JsonParser parser;
    private final Visitor visitor;

    private CellReader(ShortStrings document, JsonParser parser, Visitor visitor) {
        this.document = document;
        this.parser = parser;
        this.visitor = visitor;
    }

    /**
     * Has {@code visitor} take the cells of a notebook, in their order.
     *
     * @throws IOException if it cannot be read, or is no notebook; what was read before that has been visited
     */
    static void read(InputStream notebook, Visitor visitor) throws IOException {
        try (ShortStrings document = new ShortStrings(NotebookEncoding.lenientReader(notebook), LONGEST_IMAGE);
                JsonParser parser = JSON.createParser(document)) {
            new CellReader(document, parser, visitor).notebook();
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
        String type = "raw";
        Cut source = Cut.NOTHING;
        List<String> tags = List.of();
        Optional<String> count = Optional.empty();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "cell_type" -> type = word();
                case "source" -> source = joined("", LONGEST_TEXT);
                case "metadata" -> tags = tags();
                case "execution_count" -> {
                    count = Optional.of(joinedNumber()).filter(number -> number.matches("[0-9]{1,12}"));
                    parser.skipChildren();
                }
                case "outputs" -> outputs();
                default -> parser.skipChildren();
            }
        }
        return new NotebookCell(type, source.text(), source.more(), tags, count);
    }

    private String joinedNumber() throws IOException {
        return parser.currentToken() == JsonToken.VALUE_NUMBER_INT ? parser.getText() : "";
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
                if (parser.currentToken() == JsonToken.VALUE_STRING && tags.size() < MOST_TAGS) {
                    tags.add(word());
                } else {
                    parser.skipChildren();
                }
            }
        }
        return tags;
    }

    private void outputs() throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY || !visitor.wantsOutputs()) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() == JsonToken.START_OBJECT) {
            Output output = output();
            if (output != null) {
                visitor.output(output);
            }
        }
    }

    private @Nullable Output output() throws IOException {
        String type = "";
        String stream = "";
        Cut printed = Cut.NOTHING;
        Cut traceback = Cut.NOTHING;
        String name = "";
        Cut value = Cut.NOTHING;
        Output data = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            parser.nextToken();
            switch (field) {
                case "output_type" -> type = word();
                case "name" -> stream = word();
                case "text" -> printed = joined("", LONGEST_TEXT);
                case "ename" -> name = word();
                case "evalue" -> value = joined("", LONGEST_TEXT);
                case "traceback" -> traceback = joined("\n", LONGEST_TEXT);
                case "data" -> data = data();
                default -> parser.skipChildren();
            }
        }
        if (type.equals("stream")) {
            return new Text(printed.text(), stream.equals("stderr"), printed.more());
        } else if (type.equals("error")) {
            return traceback.text().isBlank()
                    ? new Text(name + ": " + value.text(), true, value.more())
                    : new Text(traceback.text(), true, traceback.more());
        }
        return data;
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
                case "text/plain" -> {
                    Cut plain = joined("", LONGEST_TEXT);
                    text = new Text(plain.text(), false, plain.more());
                }
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
        Cut base64 = joined("", LONGEST_IMAGE);
        if (base64.more() > 0) {
            return new Omitted("a picture of "
                    + ByteSize.ofBytes((base64.text().length() + base64.more()) / 4 * 3)
                    + ": download the notebook to see it");
        }
        String clean = base64.text().replace("\n", "").replace("\r", "");
        return isBase64(clean) ? new Image(media, clean) : new Omitted("a picture that cannot be read");
    }

    private static boolean isBase64(String text) {
        int end = text.length();
        while (end > text.length() - 2 && end > 0 && text.charAt(end - 1) == '=') {
            end--;
        }
        for (int i = 0; i < end; i++) {
            char at = text.charAt(i);
            if (!(at >= 'a' && at <= 'z'
                    || at >= 'A' && at <= 'Z'
                    || at >= '0' && at <= '9'
                    || at == '+'
                    || at == '/')) {
                return false;
            }
        }
        return true;
    }

    private String word() throws IOException {
        return joined("", LONGEST_WORD).text();
    }

    /** The beginning of a text, and how many characters of it were left out. */
    private record Cut(String text, long more) {
        static final Cut NOTHING = new Cut("", 0);
    }

    /** Returns a string, or a list of them put together; cut where it is too long. */
    private Cut joined(String between, int longest) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            Beginning text = new Beginning(longest);
            return new Cut(text.toString(parser), text.more + document.leftOut(offset()));
        } else if (parser.currentToken() != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return Cut.NOTHING;
        }
        Beginning text = new Beginning(longest);
        long more = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.VALUE_STRING) {
                parser.skipChildren();
                continue;
            }
            if (!text.isEmpty()) {
                text.write(between);
            }
            parser.getText(text);
            more += document.leftOut(offset());
        }
        return new Cut(text.toString(), more + text.more);
    }

    private long offset() {
        return parser.currentTokenLocation().getCharOffset();
    }

    /** Keeps the beginning of what is written, and counts the rest. */
    private static final class Beginning extends Writer {

        private final int longest;
        private final StringBuilder text = new StringBuilder();
        private long more;

        Beginning(int longest) {
            this.longest = longest;
        }

        boolean isEmpty() {
            return text.isEmpty();
        }

        /** Returns the parser's string, which most are: nothing is copied twice. */
        String toString(JsonParser parser) throws IOException {
            if (parser.getTextLength() <= longest) {
                return parser.getText();
            }
            parser.getText(this);
            return toString();
        }

        @Override
        public void write(char[] from, int offset, int length) {
            int kept = Math.min(length, longest - text.length());
            text.append(from, offset, kept);
            more += length - kept;
        }

        @Override
        public void write(String from) {
            write(from.toCharArray(), 0, from.length());
        }

        @Override
        public String toString() {
            return text.toString();
        }

        @Override
        public void flush() {
            // Nothing waits.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
