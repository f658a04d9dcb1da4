package io.nbguard.jdbc;

import io.nbguard.jdbc.database.Database;
import io.nbguard.jdbc.database.Migration;
import io.nbguard.jdbc.database.PostgresDatabase;
import io.nbguard.jdbc.database.SqliteDatabase;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.Setting;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.store.HistorySession;
import io.nbguard.spi.store.HistoryStore;
import java.util.List;

/**
 * Keeps history in SQL: an SQLite file, or PostgreSQL where it is shared (spec F8).
 *
 * <p>Settings: see {@link #settings}.
 *
 * <p>Its tables live beside a host's own: all names begin with the prefix, and so does Flyway's table of what has been
 * migrated. What {@link HistorySession#write} has written survives the end of this process at once, however it ends.
 */
public final class JdbcHistoryStore implements HistoryStore {

    /** Makes the store; {@link #open} reaches the database. */
    public JdbcHistoryStore() {}

    @Override
    public String name() {
        return "nbguard-jdbc";
    }

    @Override
    public List<Setting<?>> settings() {
        return HistorySettings.ALL;
    }

    @Override
    public HistorySession open(PluginConfig configuration) throws UnavailableException {
        HistorySettings settings = HistorySettings.of(configuration)
                .orElseThrow(() -> new UnavailableException(
                        HistorySettings.URL + " is not set",
                        "set it to jdbc:sqlite:/path/file.db or jdbc:postgresql://host/database"));
        Database database = database(settings);
        database.prepare();
        Migration.run(database, settings.prefix());
        return new JdbcHistorySession(database, settings.prefix(), settings.keep(), settings.most());
    }

    private static Database database(HistorySettings settings) {
        try {
            if (settings.url().startsWith(SqliteDatabase.SCHEME)) {
                return SqliteDatabase.of(settings.url());
            }
            if (settings.url().startsWith(PostgresDatabase.SCHEME)) {
                return PostgresDatabase.of(settings.url(), settings.user(), settings.password());
            }
        } catch (IllegalArgumentException e) {
            throw HistorySettings.invalid(HistorySettings.URL + " cannot be used: " + e.getMessage());
        }
        // Not the whole of it: what comes after the first part may hold a password.
        String scheme = settings.url().replaceFirst("^((?:jdbc:)?[A-Za-z0-9+.-]*:?).*$", "$1");
        throw HistorySettings.invalid(HistorySettings.URL + " begins with '" + scheme
                + "': expected jdbc:sqlite:/path/file.db or jdbc:postgresql://host/database");
    }
}
