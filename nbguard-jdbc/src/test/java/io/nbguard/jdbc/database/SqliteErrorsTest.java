package io.nbguard.jdbc.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.nbguard.spi.store.StoreFullException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SQLite's real errors, brought about, and what a person is told of them. */
class SqliteErrorsTest {

    @TempDir
    Path folder;

    private SqliteDatabase database() {
        return SqliteDatabase.of("jdbc:sqlite:" + folder.resolve("h.db"));
    }

    private Connection connect(String options) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("h.db") + options);
    }

    private String told(Connection connection, String sql) throws SQLException {
        return failure(connection, sql).getMessage();
    }

    private IOException failure(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            SQLException error = catchThrowableOfType(SQLException.class, () -> statement.execute(sql));
            return database().failure("cannot write to", error);
        }
    }

    @Test
    void aFullDiskIsToldAsOne() throws SQLException {
        try (Connection connection = connect("");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (x)");
            statement.execute("PRAGMA max_page_count = 3");

            assertThat(failure(connection, "INSERT INTO t VALUES (zeroblob(100000))"))
                    .as("what is written is not to blame")
                    .isInstanceOf(StoreFullException.class)
                    .hasMessage("cannot write to SQLite " + folder.resolve("h.db")
                            + ": the disk is full (free some space; nothing that was kept is lost)");
        }
    }

    @Test
    void aReadOnlyPlaceIsToldAsOne() throws SQLException {
        try (Connection connection = connect("");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (x)");
        }
        try (Connection connection = connect("?open_mode=1")) {
            assertThat(told(connection, "INSERT INTO t VALUES (1)"))
                    .contains("the file or its folder may not be written")
                    .contains("SQLite makes files beside the database");
        }
    }

    @Test
    void aFileThatAnotherProcessHoldsIsReportedAsBusy() throws SQLException {
        try (Connection other = connect("");
                Statement statement = other.createStatement();
                Connection connection = connect("?busy_timeout=1")) {
            statement.execute("BEGIN EXCLUSIVE");

            assertThat(told(connection, "CREATE TABLE t (x)")).contains("another process has been writing to it");
        }
    }
}
