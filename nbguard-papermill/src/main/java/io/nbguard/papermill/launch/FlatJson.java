package io.nbguard.papermill.launch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.nbguard.api.internal.UntrustedFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Reads the small, flat JSON objects that our Python scripts write. */
public final class FlatJson {

    private static final int LARGEST = 1 << 20;
    private static final JsonFactory JSON = new JsonFactory();

    private FlatJson() {}

    /**
     * Reads one object; members that are null are left out, nested ones are skipped.
     *
     * @throws IOException if the file is missing, is no regular file, has more than a mebibyte, or is not a JSON object
     */
    public static Map<String, String> read(Path file) throws IOException {
        return parse(UntrustedFiles.text(file, LARGEST));
    }

    /**
     * Reads one object from text; as {@link #read(Path)}.
     *
     * @throws IOException if it is not a JSON object
     */
    public static Map<String, String> parse(String text) throws IOException {
        try (JsonParser parser = JSON.createParser(text)) {
            return read(parser);
        }
    }

    private static Map<String, String> read(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new IOException("not a JSON object");
        }
        Map<String, String> members = new HashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (value.isStructStart()) {
                parser.skipChildren();
            } else if (value != JsonToken.VALUE_NULL) {
                members.put(name, parser.getText());
            }
        }
        return members;
    }
}
