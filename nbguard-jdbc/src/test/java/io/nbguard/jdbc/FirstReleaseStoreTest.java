package io.nbguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.event.EventRecord;
import io.nbguard.api.event.EventSeverity;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.history.AuditRecord;
import io.nbguard.api.history.HistoryQuery;
import io.nbguard.api.history.UsagePoint;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.CpuTime;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.watchdog.Candidate;
import io.nbguard.api.watchdog.KillScenario;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.executor.ExecutionHandle;
import io.nbguard.spi.store.HistoryEntry;
import io.nbguard.spi.store.HistorySession;
import io.nbguard.spi.store.StoredExecution;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A SQLite file that nbguard 0.1.0 has written, with the tables of its version 2, opens and loses nothing. The file was made by
 * the code of that version: one execution that has completed and one that runs, with a usage point, an event and an audit record.
 */
class FirstReleaseStoreTest {

    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
    private static final ExecutionId DONE = new ExecutionId("done0000");
    private static final ExecutionId LIVE = new ExecutionId("live0000");

    @TempDir
    private Path folder;

    private HistorySession open() throws Exception {
        return new JdbcHistoryStore().open(new PluginConfig(Map.of("history.url", url())));
    }

    /** Returns the address of the test's own copy of the file. */
    private String url() throws Exception {
        Path file = folder.resolve("history.db");
        if (!Files.exists(file)) {
            try (InputStream packed = FirstReleaseStoreTest.class.getResourceAsStream("history-0.1.0.db.gz")) {
                Files.copy(new GZIPInputStream(packed), file);
            }
        }
        return "jdbc:sqlite:" + file;
    }

    @Test
    void everythingIsRead() throws Exception {
        try (HistorySession store = open()) {
            ExecutionRecord done = store.execution(DONE).orElseThrow().record();
            assertThat(done.state()).isEqualTo(ExecutionState.COMPLETED);
            assertThat(done.lifecycle().message()).contains("2 of 3 cells ran to their end");
            assertThat(done.outcome().output()).contains(Path.of("/outputs/daily.ipynb"));
            assertThat(done.lifecycle().endedAt()).contains(NOON.plusSeconds(61));
            assertThat(done.progress()).isEqualTo(Progress.of(2, 3));
            assertThat(done.usage().peakMemory()).contains(ByteSize.ofMebibytes(300));
            assertThat(done.usage().cpuTime()).contains(CpuTime.ofNanos(5_000_000_000L));
            assertThat(done.executor()).isEmpty();
            assertThat(done.outcome().engine()).isEmpty();

            StoredExecution live = store.execution(LIVE).orElseThrow();
            assertThat(live.guard()).contains("an earlier guard");
            assertThat(live.request().limits().memory()).contains(ByteSize.ofMebibytes(512));
            assertThat(live.request().timeout()).contains(Duration.ofMinutes(10));
            assertThat(live.request().parameters()).containsEntry("year", 2026);
            assertThat(live.request().tags()).containsExactly("night");
            assertThat(live.handle())
                    .as("its root process stands for what the executor would have kept")
                    .contains(ExecutionHandle.ofFirstRelease(4711, 815));
            assertThat(store.unfinished()).extracting(StoredExecution::record).containsExactly(live.record());

            assertThat(store.usage(Optional.of(DONE), NOON, NOON.plusSeconds(10), 10))
                    .containsExactly(UsagePoint.reading(NOON.plusSeconds(2), ByteSize.ofMebibytes(250), 0.5));
            assertThat(store.usage(Optional.empty(), NOON, NOON.plusSeconds(10), 10))
                    .containsExactly(UsagePoint.reading(NOON.plusSeconds(2), ByteSize.ofMebibytes(900), 1.5));
            List<EventRecord> events = store.events(HistoryQuery.latest(10)).items();
            assertThat(events).singleElement().satisfies(event -> {
                assertThat(event.type()).isEqualTo("Terminated");
                assertThat(event.severity()).isEqualTo(EventSeverity.CRITICAL);
                assertThat(event.execution()).contains(DONE);
            });
            assertThat(store.audit(HistoryQuery.latest(10)).items())
                    .containsExactly(
                            new AuditRecord(NOON, "ada", "127.0.0.1", "run", "reports/daily.ipynb", "accepted"));
        }
    }

    /** Puts into the file what the watchdog saw, as that version wrote it: it called the node the container. */
    private void killDone() throws Exception {
        String scenario =
                "{\"decidedAt\":\"2026-11-01T12:01:00Z\",\"cause\":\"CONTAINER_LIMIT\",\"usedBytes\":1006632960,"
                        + "\"thresholdBytes\":1006632960,\"limitBytes\":1073741824,\"rawUsedBytes\":1020000000,"
                        + "\"policy\":\"nbguard-heaviest\",\"rationale\":\"heaviest, holds 600.0 MiB\",\"victim\":\"done0000\","
                        + "\"dryRun\":false,\"candidates\":[{\"id\":\"done0000\",\"notebook\":\"reports/daily.ipynb\","
                        + "\"memoryBytes\":629145600,\"rssBytes\":700000000,\"growthBytesPerSecond\":1.5,\"cores\":0.5,"
                        + "\"cpuNanos\":5000000000,\"age\":\"PT1M\",\"priority\":0,\"dying\":false,"
                        + "\"progress\":{\"cellsDone\":2,\"cellsTotal\":3}}]}";
        try (Connection connection = DriverManager.getConnection(url());
                PreparedStatement update = connection.prepareStatement(
                        "UPDATE nbguard_executions SET record = json_set(record, '$.state', 'KILLED', '$.reason', 'WATCHDOG_MEMORY',"
                                + " '$.killScenario', json(?)) WHERE id = 'done0000'")) {
            update.setString(1, scenario);
            assertThat(update.executeUpdate()).isEqualTo(1);
        }
    }

    @Test
    void aKillForTheContainersLimitIsOneForTheNodes() throws Exception {
        killDone();
        try (HistorySession store = open()) {
            StoredExecution killed = store.execution(DONE).orElseThrow();
            KillScenario scenario = killed.record().outcome().killScenario().orElseThrow();
            assertThat(scenario.cause()).isEqualTo(KillScenario.Cause.NODE_LIMIT);
            assertThat(scenario.limit()).isEqualTo(ByteSize.ofGibibytes(1));
            assertThat(scenario.candidates()).extracting(Candidate::id).containsExactly(DONE);

            store.write(List.of(new HistoryEntry.OfExecution(killed)));
            assertThat(store.execution(DONE).orElseThrow().record()).isEqualTo(killed.record());
        }
    }

    @Test
    void whatIsWrittenAgainStaysWhatItWasAndIsReadAgain() throws Exception {
        StoredExecution before;
        try (HistorySession store = open()) {
            before = store.execution(LIVE).orElseThrow();
            store.write(List.of(new HistoryEntry.OfExecution(before)));
        }
        try (HistorySession store = open()) {
            StoredExecution after = store.execution(LIVE).orElseThrow();
            assertThat(after.record()).isEqualTo(before.record());
            assertThat(after.handle()).isEqualTo(before.handle()).isPresent();
            assertThat(after.request().limits()).isEqualTo(before.request().limits());
            assertThat(store.executions(HistoryQuery.latest(10)).items()).hasSize(2);
        }
    }
}
