package io.nbguard.jdbc.table;

import io.nbguard.api.ScheduleId;
import io.nbguard.jdbc.database.Database;
import io.nbguard.jdbc.json.ScheduleJson;
import io.nbguard.spi.store.HistoryEntry;
import io.nbguard.spi.store.StoredSchedule;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Schedules, in the order they were added; those that were removed are marked, and kept for a while. */
public final class ScheduleTable {

    private final String table;
    private final Database database;

    /**
     * Makes it.
     *
     * @param prefix what the table's name begins with
     * @param database where it is
     */
    public ScheduleTable(String prefix, Database database) {
        table = prefix + "schedules";
        this.database = database;
    }

    /** Returns a schedule as it stands until the transaction ends, also one that was removed. */
    public Optional<StoredSchedule> locked(Connection connection, ScheduleId id) throws SQLException, IOException {
        database.lock(connection, table + " " + id.value());
        try (PreparedStatement ask =
                connection.prepareStatement("SELECT schedule, removed_nanos FROM " + table + " WHERE id = ?")) {
            ask.setString(1, id.value());
            try (ResultSet rows = ask.executeQuery()) {
                if (!rows.next()) {
                    return Optional.empty();
                }
                String text = rows.getString(1);
                rows.getLong(2);
                return Optional.of(read(id.value(), text, !rows.wasNull()));
            }
        }
    }

    /** Writes a schedule, merged with what is there; one that is in the table already keeps its place. */
    public void write(Connection connection, StoredSchedule written) throws SQLException, IOException {
        write(connection, locked(connection, written.schedule().id()), written);
    }

    /**
     * Writes a schedule, merged with what is there.
     *
     * @param there what {@link #locked} has returned
     */
    public void write(Connection connection, Optional<StoredSchedule> there, StoredSchedule written)
            throws SQLException {
        StoredSchedule merged = there.map(stored -> stored.mergedWith(written)).orElse(written);
        if (there.filter(merged::equals).isPresent()) {
            return;
        }
        if (there.filter(StoredSchedule::removed).isPresent()) {
            // A new one of this id: its place is the last.
            try (PreparedStatement remove = connection.prepareStatement("DELETE FROM " + table + " WHERE id = ?")) {
                remove.setString(1, written.schedule().id().value());
                remove.executeUpdate();
            }
        }
        String sql = "INSERT INTO " + table + " (id, state, next_fire_nanos, schedule) VALUES (?, ?, ?, ?)"
                + " ON CONFLICT (id) DO UPDATE SET state = excluded.state,"
                + " next_fire_nanos = excluded.next_fire_nanos, schedule = excluded.schedule";
        try (PreparedStatement write = connection.prepareStatement(sql)) {
            Statements.set(
                    write,
                    merged.schedule().id().value(),
                    merged.schedule().state().name(),
                    merged.schedule().nextFireAt().map(Times::nanos).orElse(null),
                    ScheduleJson.write(merged));
            write.executeUpdate();
        }
    }

    /** Marks a schedule as removed, if it is there and was not created later. */
    public void remove(Connection connection, HistoryEntry.ScheduleRemoved removal) throws SQLException, IOException {
        Optional<StoredSchedule> there = locked(connection, removal.schedule());
        if (there.filter(stored ->
                        !stored.removed() && !stored.schedule().createdAt().isAfter(removal.createdAt()))
                .isPresent()) {
            try (PreparedStatement remove =
                    connection.prepareStatement("UPDATE " + table + " SET removed_nanos = ? WHERE id = ?")) {
                Statements.set(
                        remove, Times.nanos(removal.at()), removal.schedule().value());
                remove.executeUpdate();
            }
        }
    }

    /** Forgets schedules that were removed before a time. */
    public void forgetRemovedBefore(Connection connection, Instant time) throws SQLException {
        try (PreparedStatement forget =
                connection.prepareStatement("DELETE FROM " + table + " WHERE removed_nanos < ?")) {
            forget.setLong(1, Times.nanos(time));
            forget.executeUpdate();
        }
    }

    /** Returns all schedules that were not removed. */
    public List<StoredSchedule> all(Connection connection) throws SQLException, IOException {
        List<StoredSchedule> found = new ArrayList<>();
        try (PreparedStatement ask = connection.prepareStatement(
                        "SELECT id, schedule FROM " + table + " WHERE removed_nanos IS NULL ORDER BY seq");
                ResultSet rows = ask.executeQuery()) {
            while (rows.next()) {
                found.add(read(rows.getString(1), rows.getString(2), false));
            }
        }
        return found;
    }

    private static StoredSchedule read(String id, String text, boolean removed) throws IOException {
        return ScheduleJson.read("schedule " + id, text, removed);
    }
}
