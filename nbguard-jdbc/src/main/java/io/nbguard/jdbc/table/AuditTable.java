package io.nbguard.jdbc.table;

import io.nbguard.api.history.AuditRecord;
import io.nbguard.api.history.HistoryPage;
import io.nbguard.api.history.HistoryQuery;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** The requested changes. An entry that is written again is there once. */
public final class AuditTable {

    private final String table;

    /** Makes it; {@code prefix} is what the table's name begins with. */
    public AuditTable(String prefix) {
        table = prefix + "audit";
    }

    /** Writes entries. */
    public void write(Connection connection, List<AuditRecord> entries) throws SQLException {
        if (entries.isEmpty()) {
            return;
        }
        String sql = "INSERT INTO " + table + " (at_nanos, digest, actor, origin, action, target, outcome)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (at_nanos, digest) DO NOTHING";
        try (PreparedStatement write = connection.prepareStatement(sql)) {
            for (AuditRecord entry : entries) {
                Statements.set(
                        write,
                        Times.nanos(entry.at()),
                        Texts.digest(entry.actor(), entry.origin(), entry.action(), entry.target(), entry.outcome()),
                        Texts.storable(entry.actor()),
                        Texts.storable(entry.origin()),
                        Texts.storable(entry.action()),
                        Texts.storable(entry.target()),
                        Texts.storable(entry.outcome()));
                write.addBatch();
            }
            write.executeBatch();
        }
    }

    /** Returns a page of entries; of a query's filters, those by time and, for the target, by notebook are for this list. */
    public HistoryPage<AuditRecord> page(Connection connection, HistoryQuery query) throws SQLException, IOException {
        return new Listing("audit", table, "at_nanos", query)
                .exactly("target", query.notebook())
                .page(
                        connection,
                        "actor, origin, action, target, outcome",
                        row -> new AuditRecord(
                                Times.instant(row.getLong(1)),
                                row.getString(3),
                                row.getString(4),
                                row.getString(5),
                                row.getString(6),
                                row.getString(7)));
    }
}
