package io.nbguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.history.HistoryQuery;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.store.HistoryEntry;
import io.nbguard.spi.store.HistorySession;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

/** What holds for the SQL store on any database, beside what holds for every store. */
abstract class SqlStoreContract extends UsageContract {

    /** Returns the settings of this test's database, which is empty when the test begins. */
    abstract Map<String, String> configuration();

    @Override
    final HistorySession open() throws UnavailableException {
        return open(Map.of());
    }

    @Override
    final HistorySession open(Map<String, String> more) throws UnavailableException {
        Map<String, String> all = new HashMap<>(configuration());
        all.putAll(more);
        return new JdbcHistoryStore().open(new PluginConfig(all));
    }

    final Connection raw() throws SQLException {
        return DriverManager.getConnection(
                configuration().get("history.url"),
                configuration().get("history.user"),
                configuration().get("history.password"));
    }

    final void execute(String sql) throws SQLException {
        try (Connection connection = raw();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    final long count(String table) throws SQLException {
        try (Connection connection = raw();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM nbguard_" + table)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private Flyway hostsFlyway() {
        return Flyway.configure()
                .dataSource(
                        configuration().get("history.url"),
                        configuration().get("history.user"),
                        configuration().get("history.password"))
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .load();
    }

    @Test
    void itLivesBesideAHostsOwnFlywayWhicheverComesFirst() throws Exception {
        // Ours came first, and did not take what lies where Flyway looks by default.
        assertThatThrownBy(() -> execute("SELECT * FROM host_orders")).isInstanceOf(SQLException.class);
        hostsFlyway().migrate();
        execute("INSERT INTO host_orders VALUES (1)");

        // Another one comes after it.
        try (HistorySession second = open(Map.of("history.prefix", "second_"))) {
            second.write(List.of(new HistoryEntry.OfEvent(event(1, "in the second"))));
            assertThat(second.events(HistoryQuery.latest(9)).items()).hasSize(1);
        }
        assertThat(store.events(HistoryQuery.latest(9)).items()).isEmpty();
        hostsFlyway().validate();
        assertThat(hostsFlyway().info().current().getVersion().getVersion()).isEqualTo("1");
        execute("INSERT INTO host_orders VALUES (2)");
    }

    @Test
    void manyMayOpenAnEmptyDatabaseAtOnce() throws Exception {
        int many = 4;
        ExecutorService threads = Executors.newFixedThreadPool(many);
        try {
            CountDownLatch go = new CountDownLatch(1);
            List<Future<HistorySession>> opened = new ArrayList<>();
            for (int i = 0; i < many; i++) {
                opened.add(threads.submit(() -> {
                    go.await();
                    return open(Map.of("history.prefix", "fresh_"));
                }));
            }
            go.countDown();
            for (int i = 0; i < many; i++) {
                try (HistorySession session = opened.get(i).get()) {
                    session.write(List.of(new HistoryEntry.OfEvent(event(i, "by one of many"))));
                }
            }
        } finally {
            threads.shutdownNow();
        }
        try (HistorySession session = open(Map.of("history.prefix", "fresh_"))) {
            assertThat(session.events(HistoryQuery.latest(9)).items()).hasSize(many);
        }
    }

    @Test
    void twoGuardsMayWriteToOneDatabase() throws Exception {
        try (HistorySession other = open()) {
            for (int i = 0; i < 10; i++) {
                write(new HistoryEntry.OfEvent(event(2 * i, "mine")));
                other.write(List.of(new HistoryEntry.OfEvent(event(2 * i + 1, "theirs"))));
            }
            assertThat(other.events(HistoryQuery.latest(99)).items()).hasSize(20);
        }
    }

    @Test
    void eventsFromBeforeTheyHadASeveritySayWhatItWas() throws Exception {
        execute("ALTER TABLE nbguard_events DROP COLUMN severity");
        execute("ALTER TABLE nbguard_executions DROP COLUMN handle");
        execute("DELETE FROM nbguard_schema_history WHERE version IN ('3', '4', '5')");
        String[][] old = {
            {"Terminated", "'abc'", "OOM Prevention: Terminated hog.ipynb", "CRITICAL"},
            {"Terminated", "'abc'", "OOM Prevention (dry run): Would terminate hog.ipynb", "WARNING"},
            {"KernelOomKill", "'abc'", "2 processes", "CRITICAL"},
            {"KernelOomKill", "NULL", "somewhere", "INFO"},
            {"ExecutionChanged", "'abc'", "a.ipynb [abc] RUNNING", "INFO"},
            {"ExecutionChanged", "'abc'", "a.ipynb [abc] FAILED (CELL_ERROR)", "WARNING"},
            {"RungChanged", "NULL", "memory NORMAL -> WARN: 1 GiB", "WARNING"},
            {"RungChanged", "NULL", "memory WARN -> NORMAL: 1 GiB", "INFO"},
            {"LoopLagged", "NULL", "late", "WARNING"},
            {"ExecutionNote", "'abc'", "a note", "INFO"},
        };
        for (int i = 0; i < old.length; i++) {
            execute("INSERT INTO nbguard_events (at_nanos, digest, type, execution, message) VALUES (" + i + ", 0, '"
                    + old[i][0] + "', " + old[i][1] + ", '" + old[i][2] + "')");
        }

        try (HistorySession newer = open()) {
            assertThat(newer.events(HistoryQuery.latest(99)).items())
                    .extracting(event -> event.message() + " " + event.severity())
                    .containsExactlyInAnyOrder(
                            Arrays.stream(old).map(row -> row[2] + " " + row[3]).toArray(String[]::new));
        }
    }

    @Test
    void tablesOfANewerNbguardAreRefused() throws Exception {
        execute("INSERT INTO nbguard_schema_history (installed_rank, version, description, type, script, checksum,"
                + " installed_by, installed_on, execution_time, success) SELECT 99, '99', 'later', 'SQL',"
                + " 'V99__later.sql', 0, installed_by, installed_on, 1, success FROM nbguard_schema_history"
                + " WHERE version = '1'");

        assertThatThrownBy(this::open)
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("newer nbguard (version 99 of the tables; this one knows 5)")
                .extracting(e -> ((UnavailableException) e).cure())
                .asString()
                .contains("history.prefix");
    }

    @Test
    void aRowThatCannotBeUnderstoodIsNamed() throws Exception {
        write(new HistoryEntry.OfExecution(new Executions().execution("a.ipynb", ExecutionState.RUNNING, NOON)));
        execute("UPDATE nbguard_executions SET record = '{}'");

        assertThatThrownBy(() -> store.unfinished())
                .hasMessageContaining("execution run-1 was stored in a form that this version does not understand");
    }
}
