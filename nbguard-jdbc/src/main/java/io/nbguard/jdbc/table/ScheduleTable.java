package io.nbguard.jdbc.table;

import io.nbguard.api.Schedule;
import io.nbguard.api.ScheduleId;
import io.nbguard.jdbc.json.ScheduleJson;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Schedules, in the order they were added. */
public final class ScheduleTable {

    private final String table;

    /** Makes it; {@code prefix} is what the table's name begins with. */
    public ScheduleTable(String prefix) {
        table = prefix + "schedules";
    }

    /** Writes a schedule; one that is in the table already keeps its place. */
    public void write(Connection connection, Schedule schedule) throws SQLException {
        String sql = "INSERT INTO " + table + " (id, state, next_fire_nanos, schedule) VALUES (?, ?, ?, ?)"
                + " ON CONFLICT (id) DO UPDATE SET state = excluded.state,"
                + " next_fire_nanos = excluded.next_fire_nanos, schedule = excluded.schedule";
        try (PreparedStatement write = connection.prepareStatement(sql)) {
            Statements.set(
                    write,
                    schedule.id().value(),
                    schedule.state().name(),
                    schedule.nextFireAt().map(Times::nanos).orElse(null),
                    ScheduleJson.write(schedule));
            write.executeUpdate();
        }
    }

    /** Removes a schedule, if it is there. */
    public void remove(Connection connection, ScheduleId id) throws SQLException {
        try (PreparedStatement remove = connection.prepareStatement("DELETE FROM " + table + " WHERE id = ?")) {
            remove.setString(1, id.value());
            remove.executeUpdate();
        }
    }

    /** Returns all schedules. */
    public List<Schedule> all(Connection connection) throws SQLException, IOException {
        List<Schedule> found = new ArrayList<>();
        try (PreparedStatement ask =
                        connection.prepareStatement("SELECT id, schedule FROM " + table + " ORDER BY seq");
                ResultSet rows = ask.executeQuery()) {
            while (rows.next()) {
                found.add(ScheduleJson.read("schedule " + rows.getString(1), rows.getString(2)));
            }
        }
        return found;
    }
}
