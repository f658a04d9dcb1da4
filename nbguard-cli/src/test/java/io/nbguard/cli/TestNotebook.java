package io.nbguard.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes notebooks for tests: one code cell for each piece of source, the first one taking parameters. */
final class TestNotebook {

    private TestNotebook() {}

    static Path write(Path file, String... cells) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeArrayFieldStart("cells");
            for (int i = 0; i < cells.length; i++) {
                json.writeStartObject();
                json.writeStringField("cell_type", "code");
                json.writeNullField("execution_count");
                json.writeStringField("id", "cell-" + i);
                json.writeObjectFieldStart("metadata");
                json.writeArrayFieldStart("tags");
                if (i == 0) {
                    json.writeString("parameters");
                }
                json.writeEndArray();
                json.writeEndObject();
                json.writeArrayFieldStart("outputs");
                json.writeEndArray();
                json.writeStringField("source", cells[i]);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeObjectFieldStart("metadata");
            json.writeObjectFieldStart("kernelspec");
            json.writeStringField("display_name", "Python 3");
            json.writeStringField("language", "python");
            json.writeStringField("name", "python3");
            json.writeEndObject();
            json.writeEndObject();
            json.writeNumberField("nbformat", 4);
            json.writeNumberField("nbformat_minor", 5);
            json.writeEndObject();
        }
        return Files.writeString(file, text.toString());
    }
}
