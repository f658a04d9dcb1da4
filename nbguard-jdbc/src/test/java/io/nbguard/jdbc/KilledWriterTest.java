package io.nbguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.history.HistoryQuery;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.store.HistorySession;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that writes is killed at moments of no choice of its own. */
@Tag("slow")
class KilledWriterTest {

    private static final int KILLS = 6;

    @TempDir
    Path folder;

    @Test
    void nothingThatWasAcknowledgedIsLost() throws Exception {
        String url = "jdbc:sqlite:" + folder.resolve("history.db");
        Random random = new Random(7);
        int expected = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            int acknowledged = writeUntilKilled(url, expected, expected + 1 + random.nextInt(120));
            assertThat(acknowledged).isGreaterThan(expected);

            try (HistorySession store = new JdbcHistoryStore().open(new PluginConfig(Map.of("history.url", url)))) {
                for (int i = expected; i < acknowledged; i++) {
                    assertThat(store.execution(new ExecutionId("run-" + i)))
                            .as("execution %d, acknowledged before kill %d", i, kill)
                            .isPresent();
                }
                // The last batch may have been written without a confirmation; then all of it was.
                int there = store.unfinished().size();
                assertThat(there).isBetween(acknowledged, acknowledged + 1);
                int events = 0;
                var page = store.events(HistoryQuery.latest(1_000));
                events += page.items().size();
                assertThat(events).isEqualTo(Math.min(1_000, 2 * there));
                expected = there;
            }
        }
    }

    /** Returns how many batches were acknowledged in all, those of earlier writers included. */
    private int writeUntilKilled(String url, int first, int killAfter) throws Exception {
        Path temporary = Files.createDirectories(folder.resolve("temporary"));
        Process writer = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.io.tmpdir=" + temporary,
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledWriterMain.class.getName(),
                        url,
                        String.valueOf(first)))
                .redirectError(folder.resolve("writer.err").toFile())
                .start();
        int acknowledged = first;
        try (BufferedReader lines = writer.inputReader()) {
            String line = lines.readLine();
            while (line != null) {
                acknowledged = Integer.parseInt(line) + 1;
                if (acknowledged == killAfter) {
                    // Not by the process itself, which would close the pipe with what was said last still in it.
                    writer.toHandle().destroyForcibly();
                }
                line = lines.readLine();
            }
        } finally {
            writer.destroyForcibly();
        }
        assertThat(writer.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(temporary).as("what it leaves behind").isEmptyDirectory();
        return acknowledged;
    }
}
