package io.nbguard.jdbc.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.history.HistoryQuery;
import io.nbguard.jdbc.JdbcHistoryStore;
import io.nbguard.spi.PluginConfig;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What SQLite means to do for each list: to look into an index that has the rows in their order already. */
class ListingPlanTest {

    private static final HistoryQuery ALL = HistoryQuery.latest(10)
            .between(Optional.of(Instant.EPOCH), Optional.of(Instant.MAX))
            .after(new Cursor(1, 1).text("list"));

    @TempDir
    Path folder;

    @Test
    void everyFilterOfExecutionsHasAnIndex() throws Exception {
        for (String column : List.of("notebook", "status", "owner", "schedule")) {
            assertThat(plan(new Listing("list", "nbguard_executions", "submitted_nanos", ALL)
                            .only(column, Optional.of("x"))))
                    .containsExactly("SEARCH nbguard_executions USING INDEX nbguard_executions_" + column + " ("
                            + column + "=? AND submitted_nanos>? AND submitted_nanos<?)");
        }
    }

    @Test
    void everyFilterOfEventsHasAnIndex() throws Exception {
        for (String column : List.of("notebook", "execution", "type")) {
            assertThat(plan(new Listing("list", "nbguard_events", "at_nanos", ALL).only(column, Optional.of("x"))))
                    .containsExactly("SEARCH nbguard_events USING INDEX nbguard_events_" + column + " (" + column
                            + "=? AND at_nanos>? AND at_nanos<?)");
        }
    }

    @Test
    void listsWithoutAFilterGoByTime() throws Exception {
        assertThat(plan(new Listing("list", "nbguard_executions", "submitted_nanos", HistoryQuery.latest(10))))
                .containsExactly("SCAN nbguard_executions USING INDEX nbguard_executions_time");
        assertThat(plan(new Listing("list", "nbguard_audit", "at_nanos", HistoryQuery.latest(10))))
                .containsExactly("SCAN nbguard_audit USING INDEX nbguard_audit_time");
    }

    private List<String> plan(Listing listing) throws Exception {
        String url = "jdbc:sqlite:" + folder.resolve("h.db");
        new JdbcHistoryStore()
                .open(new PluginConfig(Map.of("history.url", url)))
                .close();
        try (Connection connection = DriverManager.getConnection(url)) {
            return steps(connection, "EXPLAIN QUERY PLAN " + listing.sql("*"));
        }
    }

    private static List<String> steps(Connection connection, String sql) throws SQLException {
        List<String> steps = new ArrayList<>();
        try (PreparedStatement ask = connection.prepareStatement(sql);
                ResultSet rows = ask.executeQuery()) {
            while (rows.next()) {
                steps.add(rows.getString("detail"));
            }
        }
        return steps;
    }
}
