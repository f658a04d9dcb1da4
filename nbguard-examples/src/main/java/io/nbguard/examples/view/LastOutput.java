package io.nbguard.examples.view;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The last line that an executed notebook printed: in many notebooks, the result. */
public final class LastOutput {

    private LastOutput() {}

    /** Returns the line; nothing if none was printed, or the file cannot be read. */
    public static Optional<String> of(Path notebook) {
        String last = "";
        try (JsonParser parser = new JsonFactory().createParser(Files.newInputStream(notebook))) {
            boolean printed = false;
            while (parser.nextToken() != null) {
                // {"name": "stdout", "output_type": "stream", "text": ["line\n", …]}: in this order, as nbformat sorts
                // keys.
                if (parser.currentToken() == JsonToken.FIELD_NAME) {
                    String field = parser.currentName();
                    JsonToken value = parser.nextToken();
                    if (field.equals("name")) {
                        printed = value == JsonToken.VALUE_STRING
                                && parser.getText().equals("stdout");
                    } else if (field.equals("text") && printed) {
                        last = lastLine(parser, last);
                        printed = false;
                    }
                }
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        return last.isEmpty() ? Optional.empty() : Optional.of(last);
    }

    private static String lastLine(JsonParser parser, String before) throws IOException {
        String last = before;
        boolean list = parser.currentToken() == JsonToken.START_ARRAY;
        do {
            JsonToken token = list ? parser.nextToken() : parser.currentToken();
            if (token == JsonToken.VALUE_STRING) {
                String[] lines = parser.getText().strip().split("\\R");
                last = lines[lines.length - 1].isBlank() ? last : lines[lines.length - 1];
            }
        } while (list && parser.currentToken() != JsonToken.END_ARRAY);
        return last;
    }
}
