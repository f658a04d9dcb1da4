package io.nbguard.jdbc.table;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.event.EventRecord;
import io.nbguard.api.event.EventSeverity;
import io.nbguard.api.event.EventType;
import io.nbguard.api.history.HistoryPage;
import io.nbguard.api.history.HistoryQuery;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Events. One that is written again is there once. */
public final class EventTable {

    private static final Pattern BAD_END = Pattern.compile("\\] (FAILED|KILLED|LOST)\\b");

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
                        EventTable::event);
    }

    private static EventRecord event(ResultSet row) throws SQLException {
        String type = row.getString(3);
        @Nullable String severity = row.getString(4);
        Optional<ExecutionId> execution = Optional.ofNullable(row.getString(5)).map(ExecutionId::new);
        String message = row.getString(7);
        return new EventRecord(
                Times.instant(row.getLong(1)),
                type,
                severity == null ? told(type, execution, message) : EventSeverity.valueOf(severity),
                execution,
                Optional.ofNullable(row.getString(6)),
                message);
    }

    /** Returns the severity of an event that was written before tables of version 3, from what it says. */
    private static EventSeverity told(String type, Optional<ExecutionId> execution, String message) {
        EventSeverity usual = EventType.of(type).map(EventType::usualSeverity).orElse(EventSeverity.INFO);
        return switch (type) {
            case "KernelOomKill" -> execution.isPresent() ? usual : EventSeverity.INFO;
            case "Terminated" -> message.startsWith("OOM Prevention (dry run)") ? EventSeverity.WARNING : usual;
            case "RungChanged" -> message.contains("-> NORMAL") ? usual : EventSeverity.WARNING;
            case "ExecutionChanged" -> BAD_END.matcher(message).find() ? EventSeverity.WARNING : usual;
            default -> usual;
        };
    }
}
