package io.nbguard.core.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.core.executor.Extensions;
import io.nbguard.core.fixture.ScriptedExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NotebookFolderTest {

    @TempDir
    private Path root;

    private Path folder;

    @BeforeEach
    void makeNotebooks() throws IOException {
        folder = Files.createDirectories(root.resolve("notebooks"));
        for (String name : new String[] {"report.ipynb", "sub/daily report.ipynb", "-dash.ipynb", "ünï {x}.ipynb"}) {
            write(folder.resolve(name));
        }
        write(folder.resolve(".ipynb_checkpoints/report-checkpoint.ipynb"));
        write(folder.resolve("runs/report_exec.ipynb"));
        write(folder.resolve("readme.md"));
        write(root.resolve("secret.ipynb"));
    }

    @Test
    void notebooksAreListedAsRequestsNameThem() {
        assertThat(notebooks().list())
                .containsExactly("-dash.ipynb", "report.ipynb", "sub/daily report.ipynb", "ünï {x}.ipynb");
    }

    @Test
    void whereNotebooksAndOutputsShareAFolderAllAreListed() {
        assertThat(new NotebookFolder(folder, folder, Extensions.NOTEBOOKS).list())
                .contains("report.ipynb", "runs/report_exec.ipynb");
    }

    @Test
    void aNotebookIsFoundByItsPath() throws IOException {
        assertThat(notebooks().resolve("sub/daily report.ipynb"))
                .isEqualTo(folder.toRealPath().resolve("sub/daily report.ipynb"));
    }

    @Test
    void aLinkInsideTheFolderMayBeFollowed() throws IOException {
        Files.createSymbolicLink(folder.resolve("link.ipynb"), Path.of("sub/daily report.ipynb"));

        assertThat(notebooks().resolve("link.ipynb")).endsWithRaw(Path.of("sub/daily report.ipynb"));
    }

    @Test
    void aLinkOutOfTheFolderIsRefused() throws IOException {
        Files.createSymbolicLink(folder.resolve("link.ipynb"), root.resolve("secret.ipynb"));
        Files.createSymbolicLink(folder.resolve("up"), root);

        assertRefused("link.ipynb", ErrorCode.INVALID_REQUEST).hasMessageContaining("leads out of");
        assertRefused("up/secret.ipynb", ErrorCode.INVALID_REQUEST).hasMessageContaining("leads out of");
    }

    @Test
    void aLinkedFolderIsStillAFolder() throws IOException {
        Path link = Files.createSymbolicLink(root.resolve("link"), folder);

        assertThat(new NotebookFolder(link, root, Extensions.NOTEBOOKS).resolve("report.ipynb"))
                .exists();
    }

    @Test
    void aMissingNotebookNamesThoseOfASimilarName() {
        assertRefused("reprot.ipynb", ErrorCode.NOT_FOUND).hasMessageContaining("did you mean 'report.ipynb'?");
        assertRefused("daily report.ipynb", ErrorCode.NOT_FOUND)
                .hasMessageContaining("did you mean 'sub/daily report.ipynb'");
        assertRefused("report", ErrorCode.NOT_FOUND).hasMessageContaining("did you mean 'report.ipynb'");
        assertRefused("entirely-different.ipynb", ErrorCode.NOT_FOUND).hasMessageNotContaining("did you mean");
    }

    @Test
    void aFolderIsNotANotebook() throws IOException {
        Files.createDirectories(folder.resolve("folder.ipynb"));

        assertRefused("folder.ipynb", ErrorCode.INVALID_REQUEST).hasMessageContaining("not a readable file");
    }

    @Test
    void anExecutorOfOtherFilesFindsThose() throws IOException {
        write(folder.resolve("nightly.sh"));
        write(folder.resolve("sub/etl.PY"));
        write(folder.resolve(".sh"));
        ScriptedExecutor executor = new ScriptedExecutor();
        executor.extensions = Set.of("sh", "PY", "ipynb");
        NotebookFolder scripts = new NotebookFolder(folder, folder.resolve("runs"), Extensions.of(executor));

        assertThat(scripts.list())
                .contains("nightly.sh", "sub/etl.PY", "report.ipynb")
                .doesNotContain("readme.md");
        assertThat(scripts.resolve("nightly.sh")).isEqualTo(folder.toRealPath().resolve("nightly.sh"));
        assertThatThrownBy(() -> scripts.resolve("nihgtly.sh"))
                .hasMessageContaining("'nihgtly.sh'")
                .hasMessageContaining("did you mean 'nightly.sh'?");
        assertThatThrownBy(() -> scripts.resolve("readme.md")).hasMessageContaining(".PY or .ipynb or .sh");
        assertThatThrownBy(() -> notebooks().resolve("nightly.sh")).hasMessageContaining("does not end in .ipynb");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".sh", "s h", "a/b", "sh."})
    void anExecutorWhoseExtensionsNoFileCouldHaveIsRefusedByName(String extension) {
        ScriptedExecutor executor = new ScriptedExecutor();
        executor.extensions = Set.of(extension);

        assertThatThrownBy(() -> Extensions.of(executor))
                .isInstanceOfSatisfying(
                        GuardException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PLUGIN))
                .hasMessageContaining("'scripted'")
                .hasMessageContaining("'" + extension + "'");
    }

    @Test
    void anExecutorWithoutExtensionsIsRefusedByName() {
        ScriptedExecutor executor = new ScriptedExecutor();
        executor.extensions = Set.of();

        assertThatThrownBy(() -> Extensions.of(executor)).hasMessageContaining("'scripted'");
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertRefused(String notebook, ErrorCode code) {
        return assertThatThrownBy(() -> notebooks().resolve(notebook))
                .isInstanceOfSatisfying(
                        GuardException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining("'" + notebook + "'");
    }

    private NotebookFolder notebooks() {
        return new NotebookFolder(folder, folder.resolve("runs"), Extensions.NOTEBOOKS);
    }

    @Test
    @Tag("slow")
    @Timeout(180)
    void aPipeThatTakesThePlaceOfAFolderMeanwhileBlocksNoCaller() throws Exception {
        Path sub = folder.resolve("sub");
        Path aside = root.resolve("aside");
        Path pipe = root.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        AtomicBoolean over = new AtomicBoolean();
        Thread swapper = new Thread(() -> {
            try {
                while (!over.get()) {
                    Files.move(sub, aside);
                    Files.move(pipe, sub);
                    Files.move(sub, pipe);
                    Files.move(aside, sub);
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        swapper.start();
        try {
            for (int i = 0; i < 20_000; i++) {
                assertThat(notebooks().list()).contains("report.ipynb");
            }
        } finally {
            over.set(true);
            swapper.join();
        }
    }

    private static void write(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "{}");
    }
}
