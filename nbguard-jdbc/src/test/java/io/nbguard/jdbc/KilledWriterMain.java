package io.nbguard.jdbc;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.event.EventRecord;
import io.nbguard.api.event.EventSeverity;
import io.nbguard.api.history.UsagePoint;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.store.HistoryEntry;
import io.nbguard.spi.store.HistorySession;
import io.nbguard.spi.store.StoredExecution;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes batch after batch, and says after each which it was: killed by {@link KilledWriterTest}. */
public final class KilledWriterMain {

    private static final int MOST = 100_000;

    private KilledWriterMain() {}

    /** Takes the URL and the number of the first batch. */
    public static void main(String[] args) throws Exception {
        try (HistorySession store = new JdbcHistoryStore().open(new PluginConfig(Map.of("history.url", args[0])))) {
            for (int i = Integer.parseInt(args[1]); i < MOST; i++) {
                store.write(batch(i));
                System.out.println(i);
                System.out.flush();
            }
        }
    }

    private static List<HistoryEntry> batch(int number) {
        Instant time = Instant.parse("2026-03-01T00:00:00Z").plusSeconds(number);
        ExecutionId id = new ExecutionId("run-" + number);
        StoredExecution execution = Executions.running(id.value(), time);
        return List.of(
                new HistoryEntry.OfExecution(execution),
                new HistoryEntry.OfUsage(Optional.of(id), UsagePoint.reading(time, ByteSize.ofMebibytes(1), 1)),
                new HistoryEntry.OfEvent(event(time, id, "one")),
                new HistoryEntry.OfEvent(event(time, id, "two")));
    }

    private static EventRecord event(Instant time, ExecutionId id, String message) {
        return new EventRecord(time, "Note", EventSeverity.INFO, Optional.of(id), Optional.of("a.ipynb"), message);
    }
}
