package io.nbguard.papermill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Makes small notebooks. */
public final class Notebooks {

    private final List<String> cells = new ArrayList<>();
    private String metadata = "{\"kernelspec\": {\"name\": \"python3\", \"display_name\": \"Python 3\", \"language\":"
            + " \"python\"}, \"language_info\": {\"name\": \"python\"}}";

    public static Notebooks of(String... sources) {
        Notebooks notebook = new Notebooks();
        for (String source : sources) {
            notebook.code(source);
        }
        return notebook;
    }

    public Notebooks code(String source, String... tags) {
        return cell("\"cell_type\": \"code\", \"execution_count\": null, \"outputs\": []", source, tags);
    }

    public Notebooks markdown(String source) {
        return cell("\"cell_type\": \"markdown\"", source);
    }

    public Notebooks metadata(String json) {
        metadata = json;
        return this;
    }

    public Notebooks kernel(String name) {
        return metadata("{\"kernelspec\": {\"name\": \"" + name + "\", \"display_name\": \"x\"}}");
    }

    private Notebooks cell(String kind, String source, String... tags) {
        String tagList = List.of(tags).stream().map(Notebooks::quoted).collect(Collectors.joining(", "));
        cells.add("{" + kind + ", \"id\": \"c" + cells.size() + "\", \"metadata\": {\"tags\": [" + tagList
                + "]}, \"source\": " + quoted(source) + "}");
        return this;
    }

    public String json() {
        return "{\"cells\": [" + String.join(",\n", cells) + "], \"metadata\": " + metadata
                + ", \"nbformat\": 4, \"nbformat_minor\": 5}";
    }

    public Path write(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.writeString(file, json());
    }

    static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }
}
