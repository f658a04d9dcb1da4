package io.nbguard.papermill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NotebookOutlineTest {

    @TempDir
    Path folder;

    @Test
    void theOutlineTellsCellsKernelAndParameters() throws IOException {
        Path notebook = new Notebooks()
                .markdown("x")
                .code("year = 1", "parameters")
                .code("year = 2", "injected-parameters", "other")
                .code("print(year)")
                .write(folder.resolve("n.ipynb"));

        assertThat(NotebookOutline.read(notebook))
                .isEqualTo(new NotebookOutline(
                        4, 3, Optional.of("python3"), Optional.of("python"), OptionalInt.of(1), OptionalInt.of(2)));
    }

    @Test
    void aNotebookMaySayNothingAboutItself() throws IOException {
        Path notebook = Notebooks.of("1").metadata("{}").write(folder.resolve("n.ipynb"));

        assertThat(NotebookOutline.read(notebook))
                .isEqualTo(new NotebookOutline(
                        1, 1, Optional.empty(), Optional.empty(), OptionalInt.empty(), OptionalInt.empty()));
    }

    @Test
    void notebooksOfFormatThreeAreUnderstood() throws IOException {
        Path notebook = Files.writeString(
                folder.resolve("n.ipynb"),
                "{\"metadata\": {\"name\": \"\"}, \"nbformat\": 3, \"worksheets\": [{\"cells\": [{\"cell_type\":"
                        + " \"code\", \"input\": [\"1\"]}]}]}");

        assertThat(NotebookOutline.read(notebook).codeCells()).isOne();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "''; is empty",
                "'[]'; is not a notebook: expected a JSON object, found [",
                "'{}'; is not a notebook: expected the members 'cells' and 'nbformat'",
                "'{\"cells\": []}'; is not a notebook: expected the members 'cells' and 'nbformat'",
                "'{\"cells\": [], \"nbformat\": 4} x'; is broken JSON at line 1, column",
                "'{\"cells\": [], \"nbformat\": 4} {}'; is not a notebook: something follows its end",
                "'{\"cells\": [{\"a\": 1'; is broken JSON at line 1, column 19: Unexpected end-of-input: expected close marker for Object",
                "'not a notebook'; is broken JSON at line 1, column"
            })
    void whatIsNoNotebookIsRefusedWithTheReason(String content, String reason) throws IOException {
        Path notebook = Files.writeString(folder.resolve("n.ipynb"), content);

        assertThatThrownBy(() -> NotebookOutline.read(notebook))
                .isInstanceOfSatisfying(
                        GuardException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                .hasMessageContaining("n.ipynb " + reason);
    }

    @Test
    void aMissingNotebookIsNotFound() {
        assertThatThrownBy(() -> NotebookOutline.read(folder.resolve("none.ipynb")))
                .isInstanceOfSatisfying(
                        GuardException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
    }
}
