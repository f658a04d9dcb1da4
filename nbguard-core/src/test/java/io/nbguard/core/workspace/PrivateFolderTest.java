package io.nbguard.core.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFolderTest {

    @TempDir
    private Path parent;

    @Test
    void onlyItsOwnerMayEnter() throws Exception {
        Path folder = PrivateFolder.create(parent.resolve("new/parent"), "mine");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                .isEqualTo("rwx------");
    }

    @Test
    void aFolderThatIsThereIsNotTaken() throws Exception {
        Files.createSymbolicLink(parent.resolve("mine"), parent);

        assertThatThrownBy(() -> PrivateFolder.create(parent, "mine")).isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void linksAreDeletedAndNotFollowed() throws Exception {
        Path precious = Files.createDirectories(parent.resolve("precious"));
        Files.writeString(precious.resolve("data"), "keep me");
        Path folder = PrivateFolder.create(parent, "mine");
        Files.createSymbolicLink(folder.resolve("link"), precious);
        Files.createSymbolicLink(folder.resolve("dangling"), parent.resolve("nowhere"));
        Files.createDirectories(folder.resolve("a/b/c"));
        Files.writeString(folder.resolve("a/b/c/file"), "x");

        PrivateFolder.delete(folder);

        assertThat(folder).doesNotExist();
        assertThat(precious.resolve("data")).hasContent("keep me");
    }

    @Test
    void foldersThatANotebookClosedAreDeletedToo() throws Exception {
        Path folder = PrivateFolder.create(parent, "mine");
        Path closed = Files.createDirectories(folder.resolve("closed/inner"));
        Files.writeString(closed.resolve("file"), "x");
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
        Files.setPosixFilePermissions(folder.resolve("closed"), PosixFilePermissions.fromString("r-x------"));

        PrivateFolder.delete(folder);

        assertThat(folder).doesNotExist();
    }

    @Test
    void deletingWhatIsGoneIsHarmless() throws Exception {
        PrivateFolder.delete(parent.resolve("never made"));

        assertThat(parent).isEmptyDirectory();
    }
}
