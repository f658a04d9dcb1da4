package io.nbguard.jdbc.table;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Setting the values of a statement. */
final class Statements {

    private Statements() {}

    /** Sets all values, in their order: texts, long and double numbers, null. */
    static void set(PreparedStatement statement, @Nullable Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            if (value == null) {
                // Without a type: both drivers then take the column's own.
                statement.setObject(i + 1, null);
            } else if (value instanceof Long number) {
                statement.setLong(i + 1, number);
            } else if (value instanceof Integer number) {
                statement.setInt(i + 1, number);
            } else if (value instanceof Double number) {
                statement.setDouble(i + 1, number);
            } else {
                statement.setString(i + 1, (String) value);
            }
        }
    }

    static void set(PreparedStatement statement, List<?> values) throws SQLException {
        set(statement, values.toArray());
    }
}
