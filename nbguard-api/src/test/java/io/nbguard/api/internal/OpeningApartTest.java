package io.nbguard.api.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pipes where a file was seen: as a race that is lost each time. */
@Timeout(120)
class OpeningApartTest {

    private static final Duration LONGEST = Duration.ofMillis(50);
    private static final Path PIPE = Path.of("pipe");

    @TempDir
    Path folder;

    private SeekableByteChannel open(Path name, Duration longest) throws IOException {
        return OpeningApart.read(this::folder, name, name, longest);
    }

    private SecureDirectoryStream<Path> folder() throws IOException {
        return (SecureDirectoryStream<Path>) Files.newDirectoryStream(folder);
    }

    private void makePipe() throws Exception {
        assertThat(new ProcessBuilder("mkfifo", folder.resolve(PIPE).toString())
                        .start()
                        .waitFor())
                .isZero();
    }

    private void loseTo(Path pipe) {
        assertThatThrownBy(() -> open(pipe, LONGEST))
                .isInstanceOf(OpeningApart.NotInTimeException.class)
                .hasMessage("pipe: does not open in 0.05 s");
    }

    private static List<Thread> waiting() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("nbguard-open"))
                .toList();
    }

    private static void joinAll() throws InterruptedException {
        for (Thread thread : waiting()) {
            thread.join();
        }
    }

    private void assertFilesOpen() throws IOException {
        Files.writeString(folder.resolve("file"), "mine");
        try (SeekableByteChannel channel = open(Path.of("file"), Duration.ofMinutes(1))) {
            assertThat(channel.size()).isEqualTo(4);
        }
    }

    @Test
    void manyLostRacesLeaveNoThreadAndOtherFilesOpen() throws Exception {
        makePipe();
        for (int i = 0; i < 40; i++) {
            loseTo(PIPE);
        }

        assertFilesOpen();
        joinAll();
    }

    @Test
    void aPipeThatHadNoNameWhenItWasGivenUpIsReleasedWhenItHasItAgain() throws Exception {
        Path aside = folder.resolve("aside");
        makePipe();
        AtomicBoolean hidden = new AtomicBoolean();
        OpeningApart.Folder hiding = () -> {
            if (!Thread.currentThread().getName().equals("nbguard-open") && hidden.compareAndSet(false, true)) {
                Files.move(folder.resolve(PIPE), aside);
            }
            return folder();
        };
        assertThatThrownBy(() -> OpeningApart.read(hiding, PIPE, PIPE, Duration.ofSeconds(1)))
                .isInstanceOf(OpeningApart.NotInTimeException.class);
        assertThat(waiting()).hasSize(1);
        Files.move(aside, folder.resolve(PIPE));

        assertFilesOpen();
        joinAll();
    }
}
