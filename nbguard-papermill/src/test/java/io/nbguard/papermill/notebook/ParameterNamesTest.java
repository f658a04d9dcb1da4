package io.nbguard.papermill.notebook;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParameterNamesTest {

    private static final String OTHER =
            "{\"cell_type\":\"code\",\"metadata\":{\"tags\":[\"other\"]},\"source\":\"z = 1\"}";

    @TempDir
    Path folder;

    private Optional<Set<String>> names(String text) throws IOException {
        return ParameterNames.of(Files.writeString(folder.resolve("n.ipynb"), text));
    }

    private static String notebook(String cells) {
        return "{\"metadata\":{\"a\":[1]},\"cells\":[" + cells + "],\"nbformat\":4,\"nbformat_minor\":5}";
    }

    private static String tagged(String source) {
        return "{\"cell_type\":\"code\",\"source\":" + source + ",\"outputs\":[{\"text\":[\"q\"]}],"
                + "\"metadata\":{\"tags\":[\"x\",\"parameters\"]}}";
    }

    @Test
    void everyWordOfItsCodeIsAName() throws IOException {
        String cells = OTHER + "," + tagged("[\"year: int = 2026  # or quarter\\n\",\"größe = 'm'\"]") + ","
                + tagged("\"later = 1\"") + ",{\"cell_type\":\"markdown\",\"metadata\":{},\"source\":\"prose\"}";

        assertThat(names(notebook(cells)))
                .as("a second parameters cell has defaults too; outputs and prose set nothing")
                .hasValueSatisfying(names -> assertThat(names)
                        .contains("year", "größe", "quarter", "z", "later")
                        .doesNotContain("q", "prose"));
        assertThat(names(notebook(tagged("\"\"")))).contains(Set.of());
    }

    @Test
    void aNotebookThatDoesNotSayTakesAny() throws IOException {
        assertThat(names(notebook(OTHER))).isEmpty();
        assertThat(names(notebook(tagged("\"from settings import *\\nx = 1\""))))
                .isEmpty();
        assertThat(names(notebook(tagged("\"%run settings.py\"")))).isEmpty();
        assertThat(names(notebook(tagged("\"" + "x".repeat(300_000) + "\"")))).isEmpty();
        assertThat(names("{\"cells\":[{\"metadata\":{\"tags\":null},\"source\":7}"))
                .isEmpty();
        assertThat(names("")).isEmpty();
        assertThat(ParameterNames.of(folder.resolve("missing.ipynb"))).isEmpty();
    }

    @Test
    void aNotebookThatLooksNamesUpWhileItRunsTakesAny() throws IOException {
        String asks = "{\"cell_type\":\"code\",\"metadata\":{},\"source\":\"for n in 'ab': print(globals()[n])\"}";

        assertThat(names(notebook(tagged("\"x = 1\"") + "," + asks))).isEmpty();
    }

    @Test
    void namesAreFoundBehindMuchOutput() throws IOException {
        String output = "{\"cell_type\":\"code\",\"outputs\":[{\"text\":["
                + ("\"" + "o".repeat(1_000) + "\",").repeat(20_000) + "\"\"]}]}";

        assertThat(names(notebook(output + "," + tagged("\"x = 1\"")))).contains(Set.of("x"));
    }
}
