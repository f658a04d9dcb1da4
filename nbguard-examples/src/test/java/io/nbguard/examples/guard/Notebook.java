package io.nbguard.examples.guard;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A small notebook.
 *
 * @param kernel the name of the kernel that it wants
 * @param cells the sources of its code cells
 */
public record Notebook(String kernel, List<String> cells) {

    public static Notebook of(String... cells) {
        return new Notebook("python3", List.of(cells));
    }

    Notebook withKernel(String name) {
        return new Notebook(name, cells);
    }

    public void write(Path file) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, json());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String json() throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeArrayFieldStart("cells");
            for (int i = 0; i < cells.size(); i++) {
                writeCell(json, i);
            }
            json.writeEndArray();
            json.writeObjectFieldStart("metadata");
            json.writeObjectFieldStart("kernelspec");
            json.writeStringField("name", kernel);
            json.writeStringField("display_name", kernel);
            json.writeStringField("language", "python");
            json.writeEndObject();
            json.writeEndObject();
            json.writeNumberField("nbformat", 4);
            json.writeNumberField("nbformat_minor", 5);
            json.writeEndObject();
        }
        return text.toString();
    }

    private void writeCell(JsonGenerator json, int number) throws IOException {
        json.writeStartObject();
        json.writeStringField("cell_type", "code");
        json.writeStringField("id", "cell-" + number);
        json.writeObjectFieldStart("metadata");
        json.writeEndObject();
        json.writeNullField("execution_count");
        json.writeArrayFieldStart("outputs");
        json.writeEndArray();
        json.writeStringField("source", cells.get(number));
        json.writeEndObject();
    }
}
