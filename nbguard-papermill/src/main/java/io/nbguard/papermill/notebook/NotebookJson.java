package io.nbguard.papermill.notebook;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.nbguard.api.internal.NotebookEncoding;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;

/**
 * How notebooks are parsed: as Python writes them, in whatever Unicode encoding an editor left them, and in little memory,
 * whatever the length of the texts in them.
 */
public final class NotebookJson {

    /** How much is passed on of a text, characters; the rest is replaced by a note. */
    private static final int LONGEST_TEXT = 64 << 10;

    /** A number of this length is none. */
    private static final int LONGEST_NUMBER = 1 << 20;

    private static final JsonFactory JSON = JsonFactory.builder()
            // Python's json writes NaN and Infinity where a notebook, or a parameter, has them.
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNameLength(2 * LONGEST_TEXT)
                    .maxNumberLength(LONGEST_NUMBER)
                    .maxNestingDepth(100_000)
                    .build())
            .build();

    private NotebookJson() {}

    /**
     * Returns a parser, which closes {@code in} when it is closed. Of texts of more than 64 Ki characters it shows the
     * beginning, and {@code … (19934464 more characters)}.
     *
     * @throws IOException if the first bytes cannot be read
     */
    public static JsonParser parser(InputStream in) throws IOException {
        return parser(in, LONGEST_TEXT);
    }

    /**
     * Returns a parser, which closes {@code in} when it is closed.
     *
     * @param longestText how many characters of each text it shows
     * @throws IOException if the first bytes cannot be read
     */
    public static JsonParser parser(InputStream in, int longestText) throws IOException {
        return JSON.createParser(new ShortTexts(NotebookEncoding.reader(in), longestText));
    }

    /**
     * Reads the value that the parser stands at as texts: those of an array, or a single one.
     *
     * @param reader is given one after the other
     * @throws IOException if the text cannot be read or parsed
     */
    static void texts(JsonParser parser, Consumer<String> reader) throws IOException {
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            elements(parser, () -> oneText(parser, reader));
        } else {
            oneText(parser, reader);
        }
    }

    private static void oneText(JsonParser parser, Consumer<String> reader) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            reader.accept(parser.getText());
        } else {
            parser.skipChildren();
        }
    }

    /**
     * Returns the text that the parser stands at, or an empty one if it stands at something else, which is then skipped.
     *
     * @throws IOException if the text cannot be read or parsed
     */
    static String text(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            return parser.getText();
        }
        parser.skipChildren();
        return "";
    }

    /**
     * Calls {@code reader} for every member of the object that the parser stands at, with the parser standing at the
     * member's value; does nothing but skip if it is not an object.
     *
     * @throws IOException if the object cannot be read or parsed
     */
    static void members(JsonParser parser, MemberReader reader) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            reader.read(name);
        }
    }

    /**
     * Calls {@code reader} for every element of the array that the parser stands at, with the parser standing at the
     * element; does nothing but skip if it is not an array.
     *
     * @throws IOException if the array cannot be read or parsed
     */
    static void elements(JsonParser parser, ElementReader reader) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            reader.read();
        }
    }

    /** Reads one member: has to leave the parser at the member's last token. */
    interface MemberReader {
        void read(String name) throws IOException;
    }

    /** Reads one element: has to leave the parser at the element's last token. */
    interface ElementReader {
        void read() throws IOException;
    }
}
