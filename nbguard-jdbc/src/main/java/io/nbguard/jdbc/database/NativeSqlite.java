package io.nbguard.jdbc.database;

import io.nbguard.spi.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.sqlite.SQLiteJDBCLoader;

/**
 * Loads SQLite's native library. Its driver unpacks that into a file of a megabyte, which every process that is killed
 * leaves behind; a library that has been loaded needs its file no more, so here the file goes at once.
 */
final class NativeSqlite {

    private static final String FOLDER = "org.sqlite.tmpdir";
    private static final List<String> HOSTS_CHOICE = List.of(FOLDER, "org.sqlite.lib.path");
    private static final ReentrantLock LOCK = new ReentrantLock();

    private NativeSqlite() {}

    /**
     * Loads it, if it is not loaded yet.
     *
     * @throws UnavailableException if it cannot be unpacked, or not be loaded from where it was
     */
    static void load() throws UnavailableException {
        LOCK.lock();
        try {
            if (HOSTS_CHOICE.stream().anyMatch(name -> System.getProperty(name) != null)) {
                SQLiteJDBCLoader.initialize();
                return;
            }
            Path folder = Files.createTempDirectory("nbguard-sqlite");
            System.setProperty(FOLDER, folder.toString());
            try {
                SQLiteJDBCLoader.initialize();
            } finally {
                System.clearProperty(FOLDER);
                remove(folder);
            }
        } catch (Exception | LinkageError e) {
            UnavailableException told = new UnavailableException(
                    "SQLite's native library cannot be loaded: " + e,
                    "java.io.tmpdir must be writable and not mounted noexec; -D" + FOLDER + "=FOLDER names another");
            told.initCause(e);
            throw told;
        } finally {
            LOCK.unlock();
        }
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            return; // Where a loaded file cannot be removed, the driver does it when the process ends.
        }
        Files.deleteIfExists(folder);
    }
}
