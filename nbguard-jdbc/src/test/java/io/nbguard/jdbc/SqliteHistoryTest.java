package io.nbguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.GuardException;
import io.nbguard.api.history.HistoryQuery;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.store.HistoryEntry;
import io.nbguard.spi.store.HistorySession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteHistoryTest extends SqlStoreContract {

    @TempDir
    Path folder;

    @Override
    Map<String, String> configuration() {
        return Map.of("history.url", "jdbc:sqlite:" + folder.resolve("new/history.db"));
    }

    private static HistorySession openAt(String path) throws UnavailableException {
        return new JdbcHistoryStore().open(new PluginConfig(Map.of("history.url", "jdbc:sqlite:" + path)));
    }

    @Test
    void onlyItsOwnerMayReadIt() throws Exception {
        write(new HistoryEntry.OfEvent(event(1, "so that there is a log")));

        for (String name : List.of("history.db", "history.db-wal", "history.db-shm")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("new/" + name))))
                    .as(name)
                    .isEqualTo("rw-------");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("new"))))
                .isEqualTo("rwx------");
    }

    @Test
    void itSaysWhatItIsAndWhere() {
        assertThat(store.description()).isEqualTo("SQLite " + folder.resolve("new/history.db") + ", tables nbguard_…");
    }

    @Test
    void closingLeavesOneFile() throws Exception {
        write(new HistoryEntry.OfEvent(event(1, "one")));
        store.events(HistoryQuery.latest(1));
        store.close();

        try (var files = Files.list(folder.resolve("new"))) {
            assertThat(files).extracting(path -> path.getFileName().toString()).containsExactly("history.db");
        }
    }

    @Test
    void manyMayMakeOneFileAtOnce() throws Exception {
        int many = 4;
        ExecutorService threads = Executors.newFixedThreadPool(many);
        try {
            CountDownLatch go = new CountDownLatch(1);
            List<Future<HistorySession>> opened = new ArrayList<>();
            for (int i = 0; i < many; i++) {
                opened.add(threads.submit(() -> {
                    go.await();
                    return openAt(folder.resolve("shared.db").toString());
                }));
            }
            go.countDown();
            for (Future<HistorySession> each : opened) {
                each.get().close();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aFileThatIsNoDatabaseIsRefusedAndLeftAlone() throws IOException {
        Path notes = Files.writeString(folder.resolve("notes.txt"), "not a database, but a file to keep\n".repeat(99));

        assertThatThrownBy(() -> openAt(notes.toString()))
                .isInstanceOf(UnavailableException.class)
                .hasMessage("SQLite " + notes + " cannot be used: the file is no SQLite database");
        assertThat(notes).content().startsWith("not a database").hasSize(35 * 99);
    }

    @Test
    void aFolderOrAPlaceThatCannotBeIsRefused() throws IOException {
        assertThatThrownBy(() -> openAt(folder.toString()))
                .isInstanceOf(UnavailableException.class)
                .hasMessage(folder + " is a folder");
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> openAt(file + "/below.db"))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("below.db cannot be made");
    }

    @Test
    void aDatabaseInMemoryOrWithOptionsIsRefused() {
        for (String url : List.of(":memory:", "", "file:a.db", "a.db?journal_mode=off")) {
            assertThatThrownBy(() -> openAt(url))
                    .isInstanceOf(GuardException.class)
                    .hasMessageContaining("history.url cannot be used: 'jdbc:sqlite:" + url + "'")
                    .hasMessageContaining("expected jdbc:sqlite:/path/file.db");
        }
    }

    @Test
    void aDamagedFileSaysSoAndWhatToDo() throws Exception {
        for (int i = 0; i < 50; i++) {
            write(new HistoryEntry.OfEvent(event(i, "x".repeat(1_000))));
        }
        store.close();
        Path file = folder.resolve("new/history.db");
        byte[] bytes = Files.readAllBytes(file);
        for (int i = 4_096; i < bytes.length; i++) {
            bytes[i] = 0x5a;
        }
        Files.write(file, bytes);

        assertThatThrownBy(() -> {
                    store = open();
                    store.events(HistoryQuery.latest(10));
                })
                .hasMessageContaining("the database is damaged");
    }
}
