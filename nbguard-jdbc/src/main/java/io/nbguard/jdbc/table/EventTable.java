package io.nbguard.jdbc.table;

import io.nbguard.api.EventRecord;
import io.nbguard.api.EventSeverity;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.HistoryPage;
import io.nbguard.api.HistoryQuery;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Events. One that is written again is there once. */
public final class EventTable {

    private final String table;

    /** Makes it; {@code prefix} is what the table's name begins with. */
    public EventTable(String prefix) {
        table = prefix + "events";
    }

    /** Writes events. */
    public void write(Connection connection, List<EventRecord> events) throws SQLException {
        if (events.isEmpty()) {
            return;
        }
        String sql = "INSERT INTO " + table
                + " (at_nanos, digest, type, severity, execution, notebook, whole_notebook, message)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (at_nanos, digest) DO NOTHING";
        try (PreparedStatement write = connection.prepareStatement(sql)) {
            for (EventRecord event : events) {
                @Nullable String execution = event.execution().map(ExecutionId::value).orElse(null);
                @Nullable String notebook = event.notebook().map(Texts::storable).orElse(null);
                @Nullable String key = notebook == null ? null : Texts.key(notebook);
                Statements.set(
                        write,
                        Times.nanos(event.at()),
                        Texts.digest(event.type(), execution, notebook, event.message()),
                        Texts.key(event.type()),
                        event.severity().name(),
                        execution,
                        key,
                        notebook == null || notebook.equals(key) ? null : notebook,
                        Texts.storable(event.message()));
                write.addBatch();
            }
            write.executeBatch();
        }
    }

    /** Returns a page of events. */
    public HistoryPage<EventRecord> page(Connection connection, HistoryQuery query) throws SQLException, IOException {
        return new Listing("events", table, "at_nanos", query)
                .only("notebook", query.notebook())
                .only("execution", query.execution().map(ExecutionId::value))
                .only("type", query.type())
                .page(
                        connection,
                        "type, severity, execution, COALESCE(whole_notebook, notebook), message",
                        row -> new EventRecord(
                                Times.instant(row.getLong(1)),
                                row.getString(3),
                                EventSeverity.valueOf(row.getString(4)),
                                Optional.ofNullable(row.getString(5)).map(ExecutionId::new),
                                Optional.ofNullable(row.getString(6)),
                                row.getString(7)));
    }
}
