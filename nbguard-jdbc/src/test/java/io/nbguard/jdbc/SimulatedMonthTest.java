package io.nbguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.history.HistoryQuery;
import io.nbguard.api.history.UsagePoint;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.store.HistoryEntry;
import io.nbguard.spi.store.HistorySession;
import io.nbguard.spi.store.StoredExecution;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A month of twenty notebooks that run for twenty minutes a day each, read each second. */
@Tag("slow")
class SimulatedMonthTest {

    private static final int DAYS = 30;
    private static final int NOTEBOOKS = 20;
    private static final int RUN_SECONDS = 1_200;
    private static final int NODE_SECONDS = 10;
    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

    /** An execution of twenty minutes keeps a point for 10 s once it is two hours old. */
    private static final long BOUND_OF_RUNS =
            (long) DAYS * NOTEBOOKS * (RUN_SECONDS / 10) + 2L * NOTEBOOKS * RUN_SECONDS;

    /** Two hours as they were read, a day less those for 10 s, a week less that by the minute, the rest for ten minutes. */
    private static final long BOUND_OF_NODE = 2 * 3600 / NODE_SECONDS
            + 22 * 3600 / 10
            + 6 * 24 * 60
            + (DAYS - 7) * 24 * 6
            // What has come since the last upkeep.
            + 3 * 3600 / NODE_SECONDS;

    @TempDir
    Path folder;

    @Test
    void theStoreStaysSmallAndTheChartsStayReadable() throws Exception {
        Path file = folder.resolve("history.db");
        String url = "jdbc:sqlite:" + file;
        try (HistorySession store = new JdbcHistoryStore().open(new PluginConfig(Map.of("history.url", url)))) {
            long written = 0;
            for (int hour = 0; hour < DAYS * 24; hour++) {
                List<HistoryEntry> entries = hour(hour);
                written += entries.size();
                store.write(entries);
                store.maintain(START.plus(Duration.ofHours(hour + 1)));
                if (hour % 24 == 0) {
                    assertThat(rows(url)).as("hour %d", hour).isLessThan(BOUND_OF_RUNS + BOUND_OF_NODE);
                }
            }
            store.maintain(START.plus(Duration.ofDays(DAYS)));

            assertThat(written).isGreaterThan(900_000);
            assertThat(rows(url)).isLessThan(BOUND_OF_RUNS + BOUND_OF_NODE);
            assertThat(store.usage(Optional.of(run(0, 0)), Instant.MIN, Instant.MAX, 10_000))
                    .hasSize(RUN_SECONDS / 10);
            assertThat(store.usage(Optional.empty(), Instant.MIN, Instant.MAX, 1_000))
                    .hasSizeBetween(700, 1_000);
            assertThat(store.executions(HistoryQuery.latest(1_000)).items()).hasSize(DAYS * NOTEBOOKS);
            System.out.printf(
                    "%d entries written; %d rows of usage kept, bound %d; %d bytes%n",
                    written, rows(url), BOUND_OF_RUNS + BOUND_OF_NODE, Files.size(file));
        }
    }

    /** The node all the time; each notebook in one hour of the day. */
    private static List<HistoryEntry> hour(int hour) {
        Instant begin = START.plus(Duration.ofHours(hour));
        List<HistoryEntry> entries = new ArrayList<>();
        for (int second = 0; second < 3_600; second += NODE_SECONDS) {
            entries.add(new HistoryEntry.OfUsage(Optional.empty(), point(begin.plusSeconds(second), second)));
        }
        int notebook = hour % 24;
        if (notebook < NOTEBOOKS) {
            ExecutionId id = run(hour / 24, notebook);
            StoredExecution running = Executions.running(id.value(), begin);
            entries.add(new HistoryEntry.OfExecution(
                    Executions.ended(running, ExecutionState.COMPLETED, begin.plusSeconds(RUN_SECONDS))));
            for (int second = 0; second < RUN_SECONDS; second++) {
                entries.add(new HistoryEntry.OfUsage(Optional.of(id), point(begin.plusSeconds(second), second)));
            }
        }
        return entries;
    }

    private static ExecutionId run(int day, int notebook) {
        return new ExecutionId("day" + day + "-nb" + notebook);
    }

    private static UsagePoint point(Instant at, int second) {
        return UsagePoint.reading(at, ByteSize.ofMebibytes(second), second % 4);
    }

    private static long rows(String url) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM nbguard_usage")) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
