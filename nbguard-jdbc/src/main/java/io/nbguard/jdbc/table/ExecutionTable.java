package io.nbguard.jdbc.table;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.execution.ExecutionLifecycle;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.history.HistoryPage;
import io.nbguard.api.history.HistoryQuery;
import io.nbguard.jdbc.json.HandleJson;
import io.nbguard.jdbc.json.RecordJson;
import io.nbguard.jdbc.json.RequestJson;
import io.nbguard.spi.executor.ExecutionHandle;
import io.nbguard.spi.store.FireStart;
import io.nbguard.spi.store.StoredExecution;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Executions: what is asked for stands in columns, the whole in JSON. */
public final class ExecutionTable {

    private static final String STORED = "id, record, request, guard, handle, root_pid, root_start";

    private final String table;

    /** Makes it; {@code prefix} is what the table's name begins with. */
    public ExecutionTable(String prefix) {
        table = prefix + "executions";
    }

    /** Writes executions, each of which is there once at most; those that are in the table already are replaced. */
    public void write(Connection connection, Collection<StoredExecution> executions) throws SQLException {
        if (executions.isEmpty()) {
            return;
        }
        String sql = "INSERT INTO " + table + " (id, notebook, owner, schedule, state, status, reason, submitted_nanos,"
                + " started_nanos, ended_nanos, record, request, guard, handle)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                + " ON CONFLICT (id) DO UPDATE SET notebook = excluded.notebook, owner = excluded.owner,"
                + " schedule = excluded.schedule, state = excluded.state, status = excluded.status,"
                + " reason = excluded.reason, submitted_nanos = excluded.submitted_nanos,"
                + " started_nanos = excluded.started_nanos, ended_nanos = excluded.ended_nanos,"
                + " record = excluded.record, request = excluded.request, guard = excluded.guard,"
                + " handle = excluded.handle";
        try (PreparedStatement write = connection.prepareStatement(sql)) {
            for (StoredExecution execution : executions) {
                Statements.set(write, values(execution));
                write.addBatch();
            }
            write.executeBatch();
        }
    }

    /** Writes executions that claimed fires start. */
    public void writeClaimed(Connection connection, Collection<FireStart> starts) throws SQLException {
        write(connection, starts.stream().map(FireStart::execution).toList());
        try (PreparedStatement mark =
                connection.prepareStatement("UPDATE " + table + " SET due_nanos = ?, launch = 0 WHERE id = ?")) {
            for (FireStart start : starts) {
                Statements.set(
                        mark,
                        Times.nanos(start.dueAt()),
                        start.execution().record().id().value());
                mark.executeUpdate();
            }
        }
    }

    /** Marks an execution of a claimed fire as launched, and returns whether it is; not if another guard has its fire. */
    public boolean launching(Connection connection, ExecutionId id) throws SQLException {
        return isMarked(connection, "UPDATE " + table + " SET launch = 1 WHERE id = ? AND launch IN (0, 1)", id);
    }

    /** Takes the fire of an execution from its guard, and returns whether it could be; not if it was launched or has ended. */
    public boolean takeOver(Connection connection, ExecutionId id) throws SQLException {
        return isMarked(
                connection,
                "UPDATE " + table + " SET launch = 2 WHERE id = ? AND launch = 0 AND ended_nanos IS NULL",
                id);
    }

    /** Gives an execution from one guard to another, and returns whether it is that one's; one of a third guard stays there. */
    public boolean reassign(Connection connection, ExecutionId id, String from, String to) throws SQLException {
        String sql = "UPDATE " + table + " SET guard = ? WHERE id = ? AND guard IN (?, ?) AND ended_nanos IS NULL";
        try (PreparedStatement give = connection.prepareStatement(sql)) {
            String receiver = Texts.storable(to);
            Statements.set(give, receiver, id.value(), Texts.storable(from), receiver);
            return give.executeUpdate() > 0;
        }
    }

    private static boolean isMarked(Connection connection, String sql, ExecutionId id) throws SQLException {
        try (PreparedStatement mark = connection.prepareStatement(sql)) {
            mark.setString(1, id.value());
            return mark.executeUpdate() > 0;
        }
    }

    /** Returns the executions of claimed fires that were neither launched nor ended, in the order they were claimed. */
    public List<FireStart> notLaunched(Connection connection) throws SQLException, IOException {
        String sql = "SELECT " + STORED + ", due_nanos FROM " + table
                + " WHERE launch = 0 AND ended_nanos IS NULL ORDER BY seq";
        List<FireStart> found = new ArrayList<>();
        try (PreparedStatement ask = connection.prepareStatement(sql);
                ResultSet rows = ask.executeQuery()) {
            while (rows.next()) {
                found.add(new FireStart(stored(rows), Times.instant(rows.getLong("due_nanos"))));
            }
        }
        return found;
    }

    private static @Nullable Object[] values(StoredExecution execution) {
        ExecutionRecord record = execution.record();
        return new @Nullable Object[] {
            record.id().value(),
            Texts.key(record.notebook()),
            record.owner().map(Texts::key).orElse(null),
            record.schedule().map(id -> id.value()).orElse(null),
            record.state().name(),
            record.status().name(),
            record.outcome().reason().map(Enum::name).orElse(null),
            Times.nanos(record.lifecycle().submittedAt()),
            record.lifecycle().startedAt().map(Times::nanos).orElse(null),
            ended(record),
            RecordJson.write(record),
            RequestJson.write(execution.request()),
            execution.guard().map(Texts::storable).orElse(null),
            execution.handle().map(HandleJson::write).orElse(null)
        };
    }

    /** An end without a time still is an end. */
    private static @Nullable Long ended(ExecutionRecord record) {
        if (!record.state().isEnd()) {
            return null;
        }
        ExecutionLifecycle lifecycle = record.lifecycle();
        Instant time = lifecycle.endedAt().or(lifecycle::startedAt).orElse(lifecycle.submittedAt());
        return Times.nanos(time);
    }

    /** Returns an execution. */
    public Optional<StoredExecution> find(Connection connection, ExecutionId id) throws SQLException, IOException {
        String sql = "SELECT " + STORED + " FROM " + table + " WHERE id = ?";
        try (PreparedStatement ask = connection.prepareStatement(sql)) {
            ask.setString(1, id.value());
            try (ResultSet rows = ask.executeQuery()) {
                return rows.next() ? Optional.of(stored(rows)) : Optional.empty();
            }
        }
    }

    /** Returns every execution that has not ended, in the order they were first written. */
    public List<StoredExecution> unfinished(Connection connection) throws SQLException, IOException {
        String sql = "SELECT " + STORED + " FROM " + table + " WHERE ended_nanos IS NULL ORDER BY seq";
        List<StoredExecution> found = new ArrayList<>();
        try (PreparedStatement ask = connection.prepareStatement(sql);
                ResultSet rows = ask.executeQuery()) {
            while (rows.next()) {
                found.add(stored(rows));
            }
        }
        return found;
    }

    /** Returns the executions of a schedule that have not ended. */
    public List<ExecutionId> underWay(Connection connection, ScheduleId schedule) throws SQLException {
        String sql = "SELECT id FROM " + table + " WHERE schedule = ? AND ended_nanos IS NULL";
        List<ExecutionId> found = new ArrayList<>();
        try (PreparedStatement ask = connection.prepareStatement(sql)) {
            ask.setString(1, schedule.value());
            try (ResultSet rows = ask.executeQuery()) {
                while (rows.next()) {
                    found.add(new ExecutionId(rows.getString(1)));
                }
            }
        }
        return found;
    }

    private static StoredExecution stored(ResultSet row) throws SQLException, IOException {
        String what = "execution " + row.getString("id");
        String handle = row.getString("handle");
        long pid = row.getLong("root_pid");
        Optional<ExecutionHandle> found = handle != null
                ? Optional.of(HandleJson.read(what, handle))
                : row.wasNull()
                        ? Optional.empty()
                        : Optional.of(ExecutionHandle.ofFirstRelease(pid, row.getLong("root_start")));
        return new StoredExecution(
                RecordJson.read(what, row.getString("record")),
                RequestJson.read(what, row.getString("request")),
                Optional.ofNullable(row.getString("guard")),
                found);
    }

    /** Returns a page of executions. */
    public HistoryPage<ExecutionRecord> page(Connection connection, HistoryQuery query)
            throws SQLException, IOException {
        return new Listing("executions", table, "submitted_nanos", query)
                .only("notebook", query.notebook())
                .only("status", query.status().map(Enum::name))
                .only("owner", query.owner())
                .only("schedule", query.schedule().map(id -> id.value()))
                .page(
                        connection,
                        "id, record",
                        row -> RecordJson.read("execution " + row.getString(3), row.getString(4)));
    }

    /** Returns up to {@code count} executions that ended before a time. */
    List<String> endedBefore(Connection connection, long nanos, int count) throws SQLException {
        return ids(connection, "SELECT id FROM " + table + " WHERE ended_nanos < ? LIMIT ?", nanos, count);
    }

    /** Returns up to {@code count} executions that have ended and are older than the latest {@code most}. */
    List<String> beyond(Connection connection, long most, int count) throws SQLException {
        return ids(
                connection,
                "SELECT id FROM " + table + " WHERE ended_nanos IS NOT NULL AND (submitted_nanos, seq) <= "
                        + "(SELECT submitted_nanos, seq FROM " + table
                        + " ORDER BY submitted_nanos DESC, seq DESC LIMIT 1 OFFSET ?)"
                        + " ORDER BY submitted_nanos, seq LIMIT ?",
                most,
                count);
    }

    private static List<String> ids(Connection connection, String sql, long value, int count) throws SQLException {
        List<String> found = new ArrayList<>();
        try (PreparedStatement ask = connection.prepareStatement(sql)) {
            ask.setLong(1, value);
            ask.setInt(2, count);
            try (ResultSet rows = ask.executeQuery()) {
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
            }
        }
        return found;
    }

    /** Removes executions. */
    void remove(Connection connection, List<String> ids) throws SQLException {
        try (PreparedStatement remove = connection.prepareStatement("DELETE FROM " + table + " WHERE id = ?")) {
            for (String id : ids) {
                remove.setString(1, id);
                remove.addBatch();
            }
            remove.executeBatch();
        }
    }
}
