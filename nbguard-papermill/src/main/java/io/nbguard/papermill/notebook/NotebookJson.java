package io.nbguard.papermill.notebook;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** How notebooks are parsed: as Python writes them, and without holding what is skipped. */
public final class NotebookJson {

    /** The longest text that is ever looked at, characters; longer ones are only skipped. */
    private static final int LONGEST_TEXT = 16 << 20;

    private static final JsonFactory JSON = JsonFactory.builder()
            // Python's json writes NaN and Infinity where a notebook, or a parameter, has them.
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(LONGEST_TEXT)
                    .maxNameLength(LONGEST_TEXT)
                    .maxNumberLength(LONGEST_TEXT)
                    .maxNestingDepth(100_000)
                    .build())
            .build();

    private NotebookJson() {}

    /**
     * Returns a parser, which closes {@code in} when it is closed.
     *
     * @throws IOException if the first bytes cannot be read
     */
    public static JsonParser parser(InputStream in) throws IOException {
        return JSON.createParser(in);
    }

    /**
     * Reads the value that the parser stands at as a list of texts: those of an array, or a single one.
     *
     * @throws IOException if the text cannot be read or parsed
     */
    static List<String> texts(JsonParser parser) throws IOException {
        List<String> texts = new ArrayList<>();
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            texts.add(parser.getText());
        } else if (parser.currentToken() == JsonToken.START_ARRAY) {
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (parser.currentToken() == JsonToken.VALUE_STRING) {
                    texts.add(parser.getText());
                } else {
                    parser.skipChildren();
                }
            }
        } else {
            parser.skipChildren();
        }
        return texts;
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
