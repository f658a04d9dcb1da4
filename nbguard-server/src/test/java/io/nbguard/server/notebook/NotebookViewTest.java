package io.nbguard.server.notebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ExecutionId;
import io.nbguard.server.http.Refusal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is shown of executed notebooks. */
class NotebookViewTest {

    @TempDir
    Path folder;

    private Path notebook(String cells) throws IOException {
        return Files.writeString(
                folder.resolve("a.ipynb"), "{\"cells\":[" + cells + "],\"metadata\":{},\"nbformat\":4}");
    }

    private static String code(String source, String outputs) {
        return "{\"cell_type\":\"code\",\"execution_count\":3,\"metadata\":{},\"outputs\":[" + outputs
                + "],\"source\":[" + source + "]}";
    }

    private static String view(Path notebook) throws IOException {
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        try (InputStream in = Files.newInputStream(notebook)) {
            NotebookView.write(in, "a <b>", page);
        }
        return page.toString(StandardCharsets.UTF_8);
    }

    private static String log(Path notebook, int lines, Optional<String> end) throws IOException {
        try (InputStream in = Files.newInputStream(notebook)) {
            return NotebookLog.tail(in, lines, end);
        }
    }

    @Test
    void whateverTheNotebookSaysIsText() throws IOException {
        String page = view(notebook(code(
                        "\"<script>alert(1)</script>\"",
                        "{\"output_type\":\"stream\",\"name\":\"stdout\",\"text\":\"<img src=x onerror=alert(2)>\"},"
                                + "{\"output_type\":\"display_data\",\"data\":{\"text/html\":\"<iframe src=//x>\"}},"
                                + "{\"output_type\":\"display_data\",\"data\":{\"image/svg+xml\":\"<svg onload=x>\"}},"
                                + "{\"output_type\":\"display_data\",\"data\":{\"image/png\":\"\\\"><script>\"}},"
                                + "{\"output_type\":\"error\",\"ename\":\"E\",\"evalue\":\"v\",\"traceback\":"
                                + "[\"\\u001b[31mred\\u001b[0m <b>\"]}")
                + ",{\"cell_type\":\"markdown\",\"metadata\":{},\"source\":\"# <a href='javascript:x'>y</a>\"}"));

        assertThat(page)
                .doesNotContain("<script", "<img", "<iframe", "<svg", "<a ", "\u001b")
                .contains("&lt;script&gt;alert(1)", "&lt;img src=x", "red &lt;b&gt;", "# &lt;a href=", "a &lt;b&gt;")
                .contains("Not shown");
    }

    @Test
    void picturesAreShownAsData() throws IOException {
        String page = view(
                notebook(
                        code(
                                "\"plot()\"",
                                "{\"output_type\":\"display_data\",\"data\":{\"image/png\":[\"iVBO\\n\",\"Rw0K\"],\"text/plain\":\"<Figure>\"}}")));

        assertThat(page).contains("src=\"data:image/png;base64,iVBORw0K\"").doesNotContain("Figure");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"})
    void aNotebookWithAByteOrderMarkIsReadAsItIsRun(String charset) throws IOException {
        String json =
                "{\"cells\":[{\"cell_type\":\"code\",\"execution_count\":3,\"metadata\":{\"tags\":[\"parameters\"]},"
                        + "\"outputs\":[{\"output_type\":\"stream\",\"name\":\"stdout\",\"text\":\"Größe 日本\"}],"
                        + "\"source\":\"größe = 3\"}],\"metadata\":{},\"nbformat\":4}";
        Path notebook = Files.write(folder.resolve("a.ipynb"), ("\ufeff" + json).getBytes(Charset.forName(charset)));

        assertThat(view(notebook)).contains("größe = 3", "Größe 日本");
        assertThat(log(notebook, 10, Optional.empty())).contains("Größe 日本");
        try (InputStream in = Files.newInputStream(notebook)) {
            assertThat(ParametersCell.of(in))
                    .extracting(NotebookParameter::name)
                    .containsExactly("größe");
        }
    }

    @Test
    void aNotebookThatBreaksOffIsShownUpToThere() throws IOException {
        Path torn = notebook(code("\"first\"", "") + "," + code("\"second\"", ""));
        Files.writeString(
                torn, Files.readString(torn).substring(0, Files.readString(torn).indexOf("second")));

        assertThat(view(torn)).contains("first", "breaks off", "</html>");
    }

    @Test
    void theLogIsTheEndOfWhatWasPrinted() throws IOException {
        Path notebook = notebook(
                code(
                                "",
                                "{\"output_type\":\"stream\",\"name\":\"stdout\",\"text\":[\"one\\n\",\"10%\\r50%\\r99%\\ntwo\\n\"]}")
                        + ","
                        + code(
                                "",
                                "{\"output_type\":\"error\",\"ename\":\"E\",\"evalue\":\"v\",\"traceback\":[\"\\u001b[1mE\\u001b[0m: v\"]}"));

        assertThat(log(notebook, 100, Optional.of("[the end]"))).isEqualTo("one\n99%\ntwo\nE: v\n[the end]\n");
        assertThat(log(notebook, 2, Optional.empty())).isEqualTo("two\nE: v\n");
    }

    @Test
    void filesOutsideTheFolderAreRefused() throws IOException {
        Path outputs = Files.createDirectories(folder.resolve("outputs"));
        Path outside = Files.writeString(folder.resolve("secret.ipynb"), "{}");
        Files.createSymbolicLink(outputs.resolve("link.ipynb"), outside);
        FolderFiles files = new FolderFiles(outputs);

        for (String name : new String[] {"../secret.ipynb", "link.ipynb", "/etc/passwd", "a\u0000.ipynb"}) {
            assertThatThrownBy(() -> files.notebook(name)).isInstanceOf(Refusal.class);
        }
        assertThatThrownBy(() -> files.file(outside)).isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> files.file(outputs.resolve("link.ipynb"))).isInstanceOf(Refusal.class);
        assertThat(files.unfinished(ExecutionId.random())).isEmpty();
    }
}
