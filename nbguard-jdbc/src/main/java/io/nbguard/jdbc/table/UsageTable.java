package io.nbguard.jdbc.table;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.history.UsagePoint;
import io.nbguard.spi.store.HistoryEntry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Usage over time, of executions and of the node. A point that is written again replaces the one of its time. */
public final class UsageTable {

    private static final String POINT = "at_nanos, span_nanos, readings, memory, peak_memory, cores, peak_cores";

    private final String table;

    /** Makes it; {@code prefix} is what the table's name begins with. */
    public UsageTable(String prefix) {
        table = prefix + "usage";
    }

    /** The node's rows have no execution, and a key may hold no null. */
    private static String key(Optional<ExecutionId> execution) {
        return execution.map(ExecutionId::value).orElse("");
    }

    /** Writes points as they were read. */
    public void write(Connection connection, List<HistoryEntry.OfUsage> points) throws SQLException {
        if (points.isEmpty()) {
            return;
        }
        try (PreparedStatement write = insertion(connection)) {
            for (HistoryEntry.OfUsage entry : points) {
                add(write, key(entry.execution()), 0, UsageRow.of(entry.point()));
            }
            write.executeBatch();
        }
    }

    private PreparedStatement insertion(Connection connection) throws SQLException {
        return connection.prepareStatement("INSERT INTO " + table + " (execution, level, " + POINT
                + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (execution, at_nanos) DO UPDATE SET"
                + " level = excluded.level, span_nanos = excluded.span_nanos, readings = excluded.readings,"
                + " memory = excluded.memory, peak_memory = excluded.peak_memory, cores = excluded.cores,"
                + " peak_cores = excluded.peak_cores");
    }

    private static void add(PreparedStatement write, String execution, int level, UsageRow row) throws SQLException {
        Statements.set(
                write,
                execution,
                level,
                row.at(),
                row.span(),
                row.readings(),
                row.memory(),
                row.peakMemory(),
                row.cores(),
                row.peakCores());
        write.addBatch();
    }

    /** Returns points that began from {@code since} on and before {@code until}, the oldest first. */
    public List<UsagePoint> read(
            Connection connection, Optional<ExecutionId> execution, Instant since, Instant until, int mostPoints)
            throws SQLException {
        List<UsageRow> rows = select(
                connection,
                "execution = ? AND at_nanos >= ? AND at_nanos < ?",
                key(execution),
                Times.nanos(since),
                Times.nanos(until));
        return UsageBuckets.atMost(mostPoints, rows).stream()
                .map(UsageRow::point)
                .toList();
    }

    private List<UsageRow> select(Connection connection, String condition, Object... values) throws SQLException {
        String sql = "SELECT " + POINT + " FROM " + table + " WHERE " + condition + " ORDER BY at_nanos";
        List<UsageRow> found = new ArrayList<>();
        try (PreparedStatement ask = connection.prepareStatement(sql)) {
            Statements.set(ask, values);
            try (ResultSet rows = ask.executeQuery()) {
                while (rows.next()) {
                    found.add(new UsageRow(
                            rows.getLong(1),
                            rows.getLong(2),
                            rows.getLong(3),
                            whole(rows, 4),
                            whole(rows, 5),
                            real(rows, 6),
                            real(rows, 7)));
                }
            }
        }
        return found;
    }

    private static @Nullable Long whole(ResultSet rows, int column) throws SQLException {
        long number = rows.getLong(column);
        return rows.wasNull() ? null : number;
    }

    private static @Nullable Double real(ResultSet rows, int column) throws SQLException {
        double number = rows.getDouble(column);
        return rows.wasNull() ? null : number;
    }

    /** Returns the earliest time before {@code end} of which there are rows of a level. */
    OptionalLong first(Connection connection, int level, long end) throws SQLException {
        String sql = "SELECT MIN(at_nanos) FROM " + table + " WHERE level = ? AND at_nanos < ?";
        try (PreparedStatement ask = connection.prepareStatement(sql)) {
            Statements.set(ask, level, end);
            try (ResultSet rows = ask.executeQuery()) {
                rows.next();
                long first = rows.getLong(1);
                return rows.wasNull() ? OptionalLong.empty() : OptionalLong.of(first);
            }
        }
    }

    /** Returns whose rows of a level there are from {@code begin} on and before {@code end}. */
    List<String> whose(Connection connection, int level, long begin, long end) throws SQLException {
        String sql = "SELECT DISTINCT execution FROM " + table + " WHERE level = ? AND at_nanos >= ? AND at_nanos < ?";
        List<String> found = new ArrayList<>();
        try (PreparedStatement ask = connection.prepareStatement(sql)) {
            Statements.set(ask, level, begin, end);
            try (ResultSet rows = ask.executeQuery()) {
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
            }
        }
        return found;
    }

    /** Returns over how many nanoseconds an execution has rows. */
    long length(Connection connection, String execution) throws SQLException {
        // Each of them alone is a look into the index; SQLite reads all rows for both together.
        String sql = "SELECT (SELECT MIN(at_nanos) FROM " + table + " WHERE execution = ?),"
                + " (SELECT MAX(at_nanos) FROM " + table + " WHERE execution = ?)";
        try (PreparedStatement ask = connection.prepareStatement(sql)) {
            Statements.set(ask, execution, execution);
            try (ResultSet rows = ask.executeQuery()) {
                rows.next();
                return rows.getLong(2) - rows.getLong(1);
            }
        }
    }

    /** Has rows count as thinned out to the next level, as they are. */
    void raise(Connection connection, String execution, int level, long begin, long end) throws SQLException {
        String sql = "UPDATE " + table + " SET level = ? WHERE execution = ? AND level = ? AND at_nanos >= ?"
                + " AND at_nanos < ?";
        try (PreparedStatement raise = connection.prepareStatement(sql)) {
            Statements.set(raise, level + 1, execution, level, begin, end);
            raise.executeUpdate();
        }
    }

    /** Puts rows together so that there is one for each {@code bucket} nanoseconds, and raises them to the next level. */
    void merge(Connection connection, String execution, int level, long begin, long end, long bucket)
            throws SQLException {
        String which = "execution = ? AND level = ? AND at_nanos >= ? AND at_nanos < ?";
        List<UsageRow> rows = select(connection, which, execution, level, begin, end);
        try (PreparedStatement remove = connection.prepareStatement("DELETE FROM " + table + " WHERE " + which)) {
            Statements.set(remove, execution, level, begin, end);
            remove.executeUpdate();
        }
        try (PreparedStatement write = insertion(connection)) {
            for (UsageRow row : UsageBuckets.of(bucket, rows)) {
                add(write, execution, level + 1, row);
            }
            write.executeBatch();
        }
    }

    /** Removes all rows of a level from before a time. */
    void removeBefore(Connection connection, int level, long nanos) throws SQLException {
        String sql = "DELETE FROM " + table + " WHERE level = ? AND at_nanos < ?";
        try (PreparedStatement remove = connection.prepareStatement(sql)) {
            Statements.set(remove, level, nanos);
            remove.executeUpdate();
        }
    }

    /** Removes all rows of executions. */
    void remove(Connection connection, List<String> executions) throws SQLException {
        try (PreparedStatement remove = connection.prepareStatement("DELETE FROM " + table + " WHERE execution = ?")) {
            for (String execution : executions) {
                remove.setString(1, execution);
                remove.addBatch();
            }
            remove.executeBatch();
        }
    }
}
