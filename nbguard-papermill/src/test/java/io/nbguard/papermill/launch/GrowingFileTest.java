package io.nbguard.papermill.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class GrowingFileTest {

    @TempDir
    private Path folder;

    private final AtomicBoolean ended = new AtomicBoolean();

    @Test
    void everythingIsReadInItsOrderUntilTheEndAndTheFileStaysSmall() throws Exception {
        Path path = Files.createFile(folder.resolve("console.log"));
        StringBuilder written = new StringBuilder();
        long largest = 0;
        try (GrowingFile file = new GrowingFile(path, ended::get, 1_000);
                OutputStream out = Files.newOutputStream(path, StandardOpenOption.APPEND)) {
            CompletableFuture<String> read = CompletableFuture.supplyAsync(() -> readAll(file));
            for (int i = 0; i < 40; i++) {
                String line = "line " + i + " " + "x".repeat(200) + "\n";
                written.append(line);
                out.write(line.getBytes());
                largest = Math.max(largest, Files.size(path));
                // Nothing is written while it is emptied, once all is read.
                while (i % 10 == 9 && Files.size(path) > 0) {
                    TimeUnit.MILLISECONDS.sleep(1);
                }
            }
            ended.set(true);

            assertThat(read.get(30, TimeUnit.SECONDS)).isEqualTo(written.toString());
        }
        assertThat(largest).isLessThan(written.length());
    }

    private static String readAll(GrowingFile file) {
        try {
            return new String(file.readAllBytes());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aFileThatIsNotThereOrALinkIsRefused() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Files.createFile(folder.resolve("precious")));

        assertThatThrownBy(() -> new GrowingFile(folder.resolve("none"), ended::get))
                .isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> new GrowingFile(link, ended::get)).isInstanceOf(IOException.class);
    }
}
