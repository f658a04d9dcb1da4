package io.nbguard.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ExecutionId;
import io.nbguard.core.workspace.RunFolders;
import io.nbguard.core.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a dead host left of a run: the notebook is kept, the folders go, and nothing else is touched. */
class PartialOutputTest {

    @TempDir
    private Path root;

    private final ExecutionId id = new ExecutionId("k3x9m2pq7c4t");
    private Path output;
    private RunFolders folders;

    @BeforeEach
    void makeFolders() throws IOException {
        Files.createDirectories(root.resolve("tmp"));
        output = root.resolve("runs/a_exec.ipynb");
        folders = Workspace.create(id, root.resolve("tmp"), output).folders();
        Files.writeString(folders.temporary().resolve("kernel.json"), "key");
    }

    @Test
    void thePartialNotebookIsKeptAndTheFoldersGo() throws IOException {
        Files.writeString(folders.staging().resolve("a.ipynb"), "partial");

        assertThat(PartialOutput.clear(id, folders)).contains(output);

        assertThat(output).hasContent("partial");
        assertThat(folders.staging()).doesNotExist();
        assertThat(folders.temporary()).doesNotExist();
    }

    @Test
    void withoutANotebookTheFoldersGoAllTheSame() throws IOException {
        Files.delete(folders.staging());

        assertThat(PartialOutput.clear(id, folders)).isEmpty();

        assertThat(folders.temporary()).doesNotExist();
        assertThat(output).doesNotExist();
    }

    @Test
    void foldersThatAreNotCalledAfterTheExecutionAreLeftAlone() throws IOException {
        Path precious = Files.createDirectories(root.resolve("precious"));
        Files.writeString(precious.resolve("file"), "kept");

        assertThat(PartialOutput.clear(id, new RunFolders(precious, folders.staging(), output)))
                .isEmpty();
        assertThat(PartialOutput.clear(id, new RunFolders(folders.temporary(), precious, output)))
                .isEmpty();

        assertThat(precious.resolve("file")).hasContent("kept");
    }

    @Test
    void aLinkInTheFoldersPlaceIsRemovedAndNotFollowed() throws IOException {
        Path precious = Files.createDirectories(root.resolve("precious"));
        Files.writeString(precious.resolve("other.ipynb"), "kept");
        Files.delete(folders.staging());
        Files.createSymbolicLink(folders.staging(), precious);
        Files.createSymbolicLink(folders.temporary().resolve("link"), precious);

        assertThat(PartialOutput.clear(id, folders)).isEmpty();

        assertThat(precious.resolve("other.ipynb")).hasContent("kept");
        assertThat(folders.staging()).doesNotExist();
        assertThat(folders.temporary()).doesNotExist();
    }
}
