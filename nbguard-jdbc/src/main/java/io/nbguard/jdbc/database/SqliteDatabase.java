package io.nbguard.jdbc.database;

import io.nbguard.spi.UnavailableException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;

/**
 * A file of SQLite's, readable by its owner only: requests hold parameters and environment variables.
 *
 * <p>It keeps a write-ahead log, so that readers never wait for the writer. Each commit is synchronised with the disk
 * ({@code synchronous = FULL}): there is about one in a second, which no disk minds, and the last second before a power cut
 * is just the one that people will ask for. Without that a killed process would lose nothing either; only a power cut would.
 */
public final class SqliteDatabase implements Database {

    /** How its URLs begin. */
    public static final String SCHEME = "jdbc:sqlite:";

    private static final int BUSY_MILLIS = 10_000;
    private static final int LARGEST_LOG_BYTES = 64 << 20;

    private final Path file;
    private final SQLiteDataSource source;

    private SqliteDatabase(Path file) {
        this.file = file;
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setBusyTimeout(BUSY_MILLIS);
        // A transaction that turns from reading to writing half-way fails at once where it should wait for its turn.
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        config.setJournalSizeLimit(LARGEST_LOG_BYTES);
        source = new SQLiteDataSource(config);
        source.setUrl(SCHEME + file);
    }

    /**
     * Reads a URL.
     *
     * @throws IllegalArgumentException if it names no file
     */
    public static SqliteDatabase of(String url) {
        String path = url.substring(SCHEME.length());
        if (path.isBlank() || path.startsWith(":")) {
            throw new IllegalArgumentException("'" + url
                    + "' is a database in memory, which would keep nothing: expected " + SCHEME + "/path/file.db");
        }
        if (path.startsWith("file:") || path.indexOf('?') >= 0) {
            throw new IllegalArgumentException(
                    "'" + url + "' has options, which nbguard sets itself: expected " + SCHEME + "/path/file.db");
        }
        try {
            return new SqliteDatabase(Path.of(path).toAbsolutePath().normalize());
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + path + "' is not a file's name: " + e.getReason(), e);
        }
    }

    @Override
    public String description() {
        return "SQLite " + file;
    }

    @Override
    public void prepare() throws UnavailableException {
        NativeSqlite.load();
        Path folder = file.getParent();
        try {
            if (folder != null) {
                Files.createDirectories(folder, onlyOwner("rwx------"));
            }
            try {
                Files.createFile(file, onlyOwner("rw-------"));
            } catch (FileAlreadyExistsException e) {
                if (Files.isDirectory(file)) {
                    throw new UnavailableException(file + " is a folder", "name a file in history.url");
                }
            }
        } catch (IOException e) {
            UnavailableException told = new UnavailableException(
                    file + " cannot be made: " + e, "name a file in history.url that this user may write");
            told.initCause(e);
            throw told;
        }
    }

    private FileAttribute<?>[] onlyOwner(String permissions) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    @Override
    public DataSource source() {
        return source;
    }

    @Override
    public String product() {
        return "sqlite";
    }

    @Override
    public Map<String, String> placeholders() {
        // The rows of a table without row ids lie in the order of its key: a chart's points are read in one go.
        return Map.of("serial", "INTEGER PRIMARY KEY", "by_key", "WITHOUT ROWID");
    }

    @Override
    public void lock(Connection connection, String name) {
        // A transaction that writes has locked the whole file.
    }

    @Override
    public boolean lockForMaintenance(Connection connection) {
        return true; // A transaction here is the only one that writes.
    }

    @Override
    public void breakOff(Connection connection) {
        // Nothing hangs here for longer than another process writes, and a library must not be pulled from under a
        // thread.
    }

    @Override
    public boolean isLasting(SQLException error) {
        return switch (code(error)) {
            case SQLITE_NOTADB, SQLITE_CORRUPT, SQLITE_FULL, SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_IOERR -> true;
            default -> false;
        };
    }

    @Override
    public boolean isFull(SQLException error) {
        return code(error) == SQLiteErrorCode.SQLITE_FULL;
    }

    private static SQLiteErrorCode code(SQLException error) {
        // The low byte is the kind; the rest, if there is any, says which of that kind.
        return SQLiteErrorCode.getErrorCode(error.getErrorCode() & 0xff);
    }

    @Override
    public Explanation explain(SQLException error) {
        return switch (code(error)) {
            case SQLITE_NOTADB ->
                new Explanation(
                        "the file is no SQLite database", "name another file in history.url, or move this one away");
            case SQLITE_CORRUPT ->
                new Explanation("the database is damaged", "restore a backup, or move the file away to begin anew");
            case SQLITE_FULL -> new Explanation("the disk is full", "free some space; nothing that was kept is lost");
            case SQLITE_READONLY ->
                new Explanation(
                        "the file or its folder may not be written",
                        "let this user write both: SQLite makes files beside the database");
            case SQLITE_CANTOPEN ->
                new Explanation(
                        "the file cannot be opened", "let this user write the file and its folder " + file.getParent());
            case SQLITE_BUSY, SQLITE_LOCKED ->
                new Explanation(
                        "another process has been writing to it for more than " + BUSY_MILLIS / 1000 + " s",
                        "give each guard a file of its own, or use PostgreSQL");
            case SQLITE_IOERR ->
                new Explanation(
                        "the disk failed: " + Explanation.words(error), "look at the file system and its free space");
            default -> Explanation.inItsOwnWords(error);
        };
    }
}
