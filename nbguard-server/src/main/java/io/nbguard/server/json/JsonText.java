package io.nbguard.server.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** Makes JSON text, one object on one line. */
public final class JsonText {

    private static final JsonFactory JSON = new JsonFactory();

    /** Writes fields of an object that is already begun. */
    @FunctionalInterface
    public interface Fields {

        /** Writes them; see {@link JsonGenerator} for what it throws. */
        void write(JsonGenerator json) throws IOException;
    }

    private JsonText() {}

    /** Returns an object with these fields. */
    public static String object(Fields fields) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return text.toString();
    }
}
