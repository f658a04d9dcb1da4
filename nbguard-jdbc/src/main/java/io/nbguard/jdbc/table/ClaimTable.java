package io.nbguard.jdbc.table;

import io.nbguard.spi.store.FireClaim;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** Which guard acts on which fires of a schedule. */
public final class ClaimTable {

    private final String table;

    /** Makes it; {@code prefix} is what the table's name begins with. */
    public ClaimTable(String prefix) {
        table = prefix + "claims";
    }

    /**
     * Returns the token of the guard that has claimed what is due from the same moment on, after a look at what no longer
     * counts.
     */
    public Optional<String> token(Connection connection, FireClaim claim) throws SQLException {
        String schedule = claim.schedule().schedule().id().value();
        try (PreparedStatement remove = connection.prepareStatement(
                "DELETE FROM " + table + " WHERE schedule = ? AND (due_nanos < ? OR at_nanos > ?)")) {
            Statements.set(
                    remove,
                    schedule,
                    Times.nanos(claim.uselessBefore()),
                    Times.nanos(claim.at().plus(FireClaim.WRONG_CLOCK)));
            remove.executeUpdate();
        }
        try (PreparedStatement ask =
                connection.prepareStatement("SELECT token FROM " + table + " WHERE schedule = ? AND due_nanos = ?")) {
            Statements.set(ask, schedule, Times.nanos(claim.first()));
            try (ResultSet rows = ask.executeQuery()) {
                return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
            }
        }
    }

    /** Puts a claim in. */
    public void add(Connection connection, FireClaim claim) throws SQLException {
        try (PreparedStatement add = connection.prepareStatement(
                "INSERT INTO " + table + " (schedule, due_nanos, at_nanos, token, guard) VALUES (?, ?, ?, ?, ?)")) {
            Statements.set(
                    add,
                    claim.schedule().schedule().id().value(),
                    Times.nanos(claim.first()),
                    Times.nanos(claim.at()),
                    claim.token(),
                    claim.guard().orElse(null));
            add.executeUpdate();
        }
    }

    /** Removes claims that were made before a time. */
    public void removeBefore(Connection connection, Instant time) throws SQLException {
        try (PreparedStatement remove = connection.prepareStatement("DELETE FROM " + table + " WHERE at_nanos < ?")) {
            remove.setLong(1, Times.nanos(time));
            remove.executeUpdate();
        }
    }
}
