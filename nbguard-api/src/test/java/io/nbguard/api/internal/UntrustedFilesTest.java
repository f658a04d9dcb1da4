package io.nbguard.api.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that change while they are opened: none leads out, none keeps the caller. */
@Tag("slow")
@Timeout(120)
class UntrustedFilesTest {

    private static final int LOOKS = 4_000;

    @TempDir
    Path root;

    private Path folder;

    @BeforeEach
    void makeFiles() throws IOException {
        folder = Files.createDirectories(root.resolve("folder"));
        Files.createDirectories(folder.resolve("sub"));
        Files.writeString(folder.resolve("a.ipynb"), "mine");
        Files.writeString(folder.resolve("sub/b.ipynb"), "mine");
        Files.createDirectories(root.resolve("outside"));
        Files.writeString(root.resolve("outside/a.ipynb"), "secret");
        Files.writeString(root.resolve("outside/b.ipynb"), "secret");
    }

    private String text(String file) throws IOException {
        try (SeekableByteChannel channel = UntrustedFiles.open(folder, Path.of(file), 100)) {
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void pipe(Path at) throws Exception {
        assertThat(new ProcessBuilder("mkfifo", at.toString()).start().waitFor())
                .isZero();
    }

    @Test
    void aFileIsReadByItsPathInTheFolderOrInFull() throws IOException {
        assertThat(text("a.ipynb")).isEqualTo("mine");
        assertThat(text("sub/b.ipynb")).isEqualTo("mine");
        assertThat(text(folder.resolve("sub/b.ipynb").toString())).isEqualTo("mine");
    }

    @Test
    void linksAreFollowedAsLongAsTheyStayInside() throws IOException {
        Files.createSymbolicLink(folder.resolve("inside.ipynb"), Path.of("sub/b.ipynb"));
        Files.createSymbolicLink(folder.resolve("out.ipynb"), root.resolve("outside/a.ipynb"));
        Files.createSymbolicLink(folder.resolve("up"), root);

        assertThat(text("inside.ipynb")).isEqualTo("mine");
        for (String out : new String[] {"out.ipynb", "up/outside/a.ipynb", "../outside/a.ipynb"}) {
            assertThatThrownBy(() -> text(out))
                    .isInstanceOf(AccessDeniedException.class)
                    .hasMessageContaining("leads out of");
        }
    }

    @Test
    void whatIsNoRegularFileOrTooLargeIsRefused() throws Exception {
        pipe(folder.resolve("pipe.ipynb"));
        Files.writeString(folder.resolve("large.ipynb"), "x".repeat(101));

        assertThatThrownBy(() -> text("pipe.ipynb")).hasMessageContaining("not a regular file");
        assertThatThrownBy(() -> text("sub")).hasMessageContaining("not a regular file");
        assertThatThrownBy(() -> text("large.ipynb")).hasMessageContaining("has 101 bytes: expected at most 100");
        assertThatThrownBy(() -> text("none.ipynb")).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void namesAreListedUpToABound() throws Exception {
        pipe(root.resolve("folder/pipe"));
        Files.createSymbolicLink(folder.resolve("out"), root.resolve("outside"));

        assertThat(UntrustedFiles.names(folder, Path.of("sub"), 10)).containsExactly(Path.of("b.ipynb"));
        assertThat(UntrustedFiles.names(folder, folder, 2)).hasSize(2);
        assertThatThrownBy(() -> UntrustedFiles.names(folder, Path.of("out"), 10))
                .isInstanceOf(AccessDeniedException.class);
        assertThatThrownBy(() -> UntrustedFiles.names(folder, Path.of("pipe"), 10))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aLinkThatIsSwappedInNeverLeadsOut() throws Exception {
        Path link = root.resolve("link");
        Path file = root.resolve("file");
        swapping(
                () -> {
                    Files.createSymbolicLink(link, root.resolve("outside/a.ipynb"));
                    move(link, folder.resolve("a.ipynb"));
                    Files.writeString(file, "mine");
                    move(file, folder.resolve("a.ipynb"));
                },
                () -> look("a.ipynb"));
    }

    @Test
    void aFolderThatIsSwappedForALinkNeverLeadsOut() throws Exception {
        Path sub = folder.resolve("sub");
        Path aside = root.resolve("aside");
        swapping(
                () -> {
                    Files.move(sub, aside);
                    Files.createSymbolicLink(sub, root.resolve("outside"));
                    Files.delete(sub);
                    Files.move(aside, sub);
                },
                () -> look("sub/b.ipynb"));
    }

    @Test
    void aPipeThatIsSwappedInBlocksNoCallerAndAtMostOneThread() throws Exception {
        Path pipe = root.resolve("pipe");
        Path file = root.resolve("file");
        Path at = folder.resolve("a.ipynb");
        Files.writeString(file, "mine");
        pipe(pipe);
        swapping(
                () -> {
                    move(at, file);
                    move(pipe, at);
                    move(at, pipe);
                    move(file, at);
                },
                () -> look("a.ipynb"));

        // The first one may still wait in a pipe that has no other end.
        assertThat(Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().equals("nbguard-open")))
                .hasSizeLessThanOrEqualTo(1);
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void look(String file) {
        try {
            assertThat(text(file)).isEqualTo("mine");
        } catch (IOException e) {
            // Refused: it was something else just then.
        }
    }

    private interface Swap {
        void run() throws Exception;
    }

    private static void swapping(Swap swap, Runnable look) throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        Thread swapper = new Thread(() -> {
            try {
                while (!ended.get()) {
                    swap.run();
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        swapper.start();
        try {
            for (int i = 0; i < LOOKS; i++) {
                look.run();
            }
        } finally {
            ended.set(true);
            swapper.join();
        }
    }
}
