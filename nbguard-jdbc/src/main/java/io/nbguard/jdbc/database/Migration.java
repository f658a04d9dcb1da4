package io.nbguard.jdbc.database;

import io.nbguard.spi.UnavailableException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationState;

/**
 * Makes the tables, or brings them up to date, with Flyway and a history table of our own: neither the tables nor the
 * migrations of a host that uses Flyway in the same schema are touched.
 */
public final class Migration {

    // Two processes that migrate at the same time: one of them may find half of what the other is about to make.
    private static final int TRIES = 5;
    private static final long PAUSE_NANOS = 100_000_000;

    private Migration() {}

    /**
     * Migrates.
     *
     * @param prefix what the names of all tables begin with
     * @throws UnavailableException if the database cannot be reached, or is newer than this nbguard
     */
    public static void run(Database database, String prefix) throws UnavailableException {
        Flyway flyway = flyway(database, prefix);
        for (int attempt = 1; ; attempt++) {
            try {
                MigrationInfoService tables = flyway.info();
                refuseNewer(tables, database, prefix);
                if (tables.pending().length > 0) {
                    flyway.migrate();
                }
                return;
            } catch (FlywayException e) {
                if (attempt == TRIES || isLasting(database, e)) {
                    throw told(database, prefix, e);
                }
                LockSupport.parkNanos(attempt * PAUSE_NANOS);
            }
        }
    }

    private static Flyway flyway(Database database, String prefix) {
        Map<String, String> placeholders = new HashMap<>(database.placeholders());
        placeholders.put("prefix", prefix);
        return Flyway.configure(Migration.class.getClassLoader())
                .dataSource(database.source())
                .table(prefix + "schema_history")
                // A schema in which a host has tables already is as good as an empty one.
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .baselineDescription("before nbguard")
                .placeholders(placeholders)
                // Never by a search of the class path, where a host has its own.
                .locations("classpath:io/nbguard/jdbc/database")
                .resourceProvider(new MigrationFiles(database.product()))
                .javaMigrationClassProvider(List::of)
                .load();
    }

    private static void refuseNewer(MigrationInfoService tables, Database database, String prefix)
            throws UnavailableException {
        Optional<MigrationInfo> newer = Arrays.stream(tables.all())
                .filter(info -> info.getState() == MigrationState.FUTURE_SUCCESS
                        || info.getState() == MigrationState.FUTURE_FAILED)
                .reduce((first, second) -> second);
        if (newer.isPresent()) {
            throw new UnavailableException(
                    "the tables " + prefix + "… in " + database.description()
                            + " were made by a newer nbguard (version "
                            + newer.get().getVersion() + " of the tables; this one knows " + MigrationFiles.LATEST
                            + ")",
                    "use that nbguard, or set history.prefix to begin anew beside them");
        }
    }

    private static boolean isLasting(Database database, FlywayException e) {
        return sqlCause(e).map(database::isLasting).orElse(false);
    }

    private static UnavailableException told(Database database, String prefix, FlywayException e) {
        Optional<SQLException> cause = sqlCause(e);
        if (cause.isPresent()) {
            return database.unavailable(cause.get());
        }
        UnavailableException told = new UnavailableException(
                "the tables " + prefix + "… in " + database.description() + " cannot be brought up to date: "
                        + String.valueOf(e.getMessage()).strip().replaceAll("\\s*\\R\\s*", "; "),
                "set history.prefix to begin anew beside them");
        told.initCause(e);
        return told;
    }

    private static Optional<SQLException> sqlCause(Throwable error) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable cause = error; cause != null && chain.size() < 20; cause = cause.getCause()) {
            chain.add(cause);
        }
        return chain.stream()
                .filter(SQLException.class::isInstance)
                .map(SQLException.class::cast)
                .findFirst();
    }
}
