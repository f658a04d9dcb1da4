package io.nbguard.core.announce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.spi.process.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class RuntimeFolderTest {

    @TempDir
    private Path parent;

    @Test
    void theFolderIsPrivateAndSoAreItsFiles() throws IOException {
        RuntimeFolder folder = RuntimeFolder.open(parent.resolve("run"));
        folder.write(execution(ExecutionId.random(), ExecutionState.RUNNING));

        assertThat(mode(parent.resolve("run"))).isEqualTo("rwx------");
        try (Stream<Path> files = Files.list(parent.resolve("run"))) {
            assertThat(files).singleElement().satisfies(file -> assertThat(mode(file))
                    .isEqualTo("rw-------"));
        }
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        RuntimeFolder folder = RuntimeFolder.open(parent.resolve("run"));
        AnnouncedExecution full = execution(ExecutionId.random(), ExecutionState.RUNNING);
        AnnouncedExecution sparse = new AnnouncedExecution(
                ExecutionId.random(),
                "ünï=x: #!\\ {b}\u2028.ipynb",
                ExecutionState.LAUNCHING,
                0,
                OptionalInt.empty(),
                -3,
                Optional.empty(),
                Instant.ofEpochMilli(5),
                GuardProcess.current(),
                Optional.empty(),
                Optional.empty());
        folder.write(full);
        folder.write(sparse);

        assertThat(folder.read()).containsExactly(sparse, full);
    }

    @Test
    void aLaterWordReplacesAnEarlierOne() throws IOException {
        RuntimeFolder folder = RuntimeFolder.open(parent.resolve("run"));
        ExecutionId id = ExecutionId.random();
        folder.write(execution(id, ExecutionState.RUNNING));
        folder.write(execution(id, ExecutionState.TERMINATING));

        assertThat(folder.read()).containsExactly(execution(id, ExecutionState.TERMINATING));

        folder.remove(id);
        folder.remove(id);
        assertThat(folder.read()).isEmpty();
        assertThat(parent.resolve("run")).isEmptyDirectory();
    }

    @Test
    void rubbishIsLeftOut() throws IOException {
        RuntimeFolder folder = RuntimeFolder.open(parent.resolve("run"));
        for (String text : List.of("", "version=1", "version=2\nid=abc", "\\u00", "version=1\nid=../../x")) {
            Files.writeString(parent.resolve("run/x" + text.hashCode() + ".execution"), text);
        }
        Files.write(parent.resolve("run/binary.execution"), new byte[] {(byte) 0xff, (byte) 0xfe});
        Files.write(parent.resolve("run/huge.execution"), new byte[1 << 20]);

        assertThat(folder.read()).isEmpty();
    }

    @Test
    @Timeout(60)
    void aPipeOrALinkInPlaceOfAFileIsLeftOutAndBlocksNoReader() throws Exception {
        RuntimeFolder folder = RuntimeFolder.open(parent.resolve("run"));
        AnnouncedExecution one = execution(ExecutionId.random(), ExecutionState.RUNNING);
        folder.write(one);
        Files.writeString(parent.resolve("secret"), one.toText());
        Files.createSymbolicLink(parent.resolve("run/link.execution"), parent.resolve("secret"));
        new ProcessBuilder("mkfifo", parent.resolve("run/pipe.execution").toString())
                .start()
                .waitFor();

        assertThat(folder.read()).containsExactly(one);
    }

    @Test
    void aLinkIsNotTaken() throws IOException {
        Files.createDirectories(parent.resolve("elsewhere"));
        Files.createSymbolicLink(parent.resolve("run"), parent.resolve("elsewhere"));

        assertThatThrownBy(() -> RuntimeFolder.open(parent.resolve("run")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("NBGUARD_RUNTIME_DIR");
    }

    @Test
    void aFolderOfAnotherUserIsNotTaken() throws IOException {
        Path folder = Files.createDirectories(parent.resolve("run"));
        assumeTrue(giveAway(folder), "only root can give a folder away");

        assertThatThrownBy(() -> RuntimeFolder.open(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("belongs to");
    }

    @Test
    void aFolderThatOthersMayEnterIsClosedToThem() throws IOException {
        Path folder = Files.createDirectories(parent.resolve("run"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));

        RuntimeFolder.open(folder);

        assertThat(mode(folder)).isEqualTo("rwx------");
    }

    @Test
    void thePlaceIsChosenByTheEnvironment() {
        assertThat(RuntimeFolder.location(
                        Map.of("NBGUARD_RUNTIME_DIR", "/x/y", "XDG_RUNTIME_DIR", parent.toString()), "/tmp", "1000"))
                .isEqualTo(Path.of("/x/y"));
        assertThat(RuntimeFolder.location(Map.of("XDG_RUNTIME_DIR", parent.toString()), "/tmp", "ada"))
                .isEqualTo(parent.resolve("nbguard"));
        assertThat(RuntimeFolder.location(Map.of("XDG_RUNTIME_DIR", "/not/there"), "/tmp", "1000"))
                .isEqualTo(Path.of("/tmp/nbguard-1000"));
        assertThat(RuntimeFolder.location(Map.of("XDG_RUNTIME_DIR", "."), "/tmp", "1000"))
                .isEqualTo(Path.of("/tmp/nbguard-1000"));
        assertThat(RuntimeFolder.location(Map.of(), "/tmp", "../a b")).isEqualTo(Path.of("/tmp/nbguard-.._a_b"));
    }

    @Test
    void thisJvmIsAliveAndAnotherOfItsIdIsNot() {
        GuardProcess self = GuardProcess.current();

        assertThat(self.isAlive()).isTrue();
        assertThat(new GuardProcess(self.pid(), self.startedAtMillis() - 60_000).isAlive())
                .isFalse();
        assertThat(new GuardProcess(Integer.MAX_VALUE, 0).isAlive()).isFalse();
    }

    private static AnnouncedExecution execution(ExecutionId id, ExecutionState state) {
        return new AnnouncedExecution(
                id,
                "reports/daily.ipynb",
                state,
                3,
                OptionalInt.of(7),
                5,
                Optional.of(new ProcessIdentity(4711, 99)),
                Instant.ofEpochMilli(1_700_000_000_123L),
                new GuardProcess(12, 34),
                Optional.of(ByteSize.ofGibibytes(2)),
                Optional.of(ByteSize.ofMebibytes(300)));
    }

    private static boolean giveAway(Path folder) {
        try {
            UserPrincipal other =
                    folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
            Files.setOwner(folder, other);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
