package io.nbguard.jdbc.table;

import io.nbguard.api.history.HistoryPage;
import io.nbguard.api.history.HistoryQuery;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A list of rows, the latest first, a page at a time. A page is found by where the last one ended, so the thousandth costs
 * no more than the first, and rows that come meanwhile shift nothing.
 */
final class Listing {

    private final String kind;
    private final String table;
    private final String time;
    private final HistoryQuery query;
    private final StringBuilder conditions = new StringBuilder();
    private final List<Object> values = new ArrayList<>();

    /**
     * Begins a list.
     *
     * @param kind what is listed: a cursor of another list is refused
     * @param time the column that says when
     * @throws IllegalArgumentException if the query's cursor is none of this list's
     */
    Listing(String kind, String table, String time, HistoryQuery query) {
        this.kind = kind;
        this.table = table;
        this.time = time;
        this.query = query;
        query.since().ifPresent(since -> and(time + " >= ?", Times.nanos(since)));
        query.until().ifPresent(until -> and(time + " < ?", Times.nanos(until)));
        query.cursor().map(text -> Cursor.parse(kind, text)).ifPresent(cursor -> {
            and("(" + time + ", seq) < (?, ?)", cursor.nanos());
            values.add(cursor.seq());
        });
    }

    /** Lists only rows with this value, if there is one. */
    Listing only(String column, Optional<String> value) {
        value.ifPresent(text -> and(column + " = ?", Texts.key(text)));
        return this;
    }

    /** As {@link #only}, of a column that holds even very long texts as they are. */
    Listing exactly(String column, Optional<String> value) {
        value.ifPresent(text -> and(column + " = ?", Texts.storable(text)));
        return this;
    }

    private void and(String condition, Object value) {
        conditions.append(conditions.isEmpty() ? " WHERE " : " AND ").append(condition);
        values.add(value);
    }

    /**
     * How a row is read; its first column is the third of the result.
     *
     * @param <T> what of it is made
     */
    @FunctionalInterface
    interface RowReader<T> {
        T read(ResultSet row) throws SQLException, IOException;
    }

    String sql(String columns) {
        return "SELECT " + time + ", seq, " + columns + " FROM " + table + conditions + " ORDER BY " + time
                + " DESC, seq DESC LIMIT ?";
    }

    <T> HistoryPage<T> page(Connection connection, String columns, RowReader<T> reader)
            throws SQLException, IOException {
        List<T> items = new ArrayList<>();
        Cursor last = new Cursor(0, 0);
        try (PreparedStatement ask = connection.prepareStatement(sql(columns))) {
            Statements.set(ask, values);
            // One row more than asked for shows whether there is more.
            ask.setInt(values.size() + 1, query.limit() + 1);
            try (ResultSet rows = ask.executeQuery()) {
                while (rows.next()) {
                    if (items.size() == query.limit()) {
                        return new HistoryPage<>(items, Optional.of(last.text(kind)));
                    }
                    items.add(reader.read(rows));
                    last = new Cursor(rows.getLong(1), rows.getLong(2));
                }
            }
        }
        return new HistoryPage<>(items, Optional.empty());
    }
}
