package io.nbguard.core.history;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardException;
import io.nbguard.api.event.EventRecord;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.history.AuditRecord;
import io.nbguard.api.history.History;
import io.nbguard.api.history.HistoryHealth;
import io.nbguard.api.history.HistoryPage;
import io.nbguard.api.history.HistoryQuery;
import io.nbguard.api.history.UsagePoint;
import io.nbguard.spi.store.HistorySession;
import io.nbguard.spi.store.StoredExecution;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What people read of a store: asks it on the caller's thread, and says in nbguard's words what went wrong. */
public final class StoredHistory implements History {

    private static final int FEWEST_POINTS = 2;
    private static final int MOST_POINTS = 10_000;

    // Not Instant.MAX, which no data base has.
    private static final Instant END_OF_TIME = Instant.parse("9999-12-31T00:00:00Z");

    private final String store;
    private final HistorySession session;
    private final HistoryWriter historyWriter;

    /** Reads from an open store that a history writer writes to. */
    public StoredHistory(String store, HistorySession session, HistoryWriter historyWriter) {
        this.store = store;
        this.session = session;
        this.historyWriter = historyWriter;
    }

    @Override
    public HistoryPage<ExecutionRecord> executions(HistoryQuery query) {
        return ask(() -> session.executions(query));
    }

    @Override
    public Optional<ExecutionRecord> execution(ExecutionId id) {
        Objects.requireNonNull(id, "id");
        return ask(() -> session.execution(id)).map(StoredExecution::record);
    }

    @Override
    public Optional<ExecutionRequest> request(ExecutionId id) {
        Objects.requireNonNull(id, "id");
        return ask(() -> session.execution(id)).map(StoredExecution::request);
    }

    @Override
    public List<UsagePoint> usage(ExecutionId id, int mostPoints) {
        Objects.requireNonNull(id, "id");
        check(mostPoints);
        return ask(() -> session.usage(Optional.of(id), Instant.EPOCH, END_OF_TIME, mostPoints));
    }

    @Override
    public List<UsagePoint> nodeUsage(Instant since, Instant until, int mostPoints) {
        Objects.requireNonNull(since, "since");
        Objects.requireNonNull(until, "until");
        check(mostPoints);
        return ask(() -> session.usage(Optional.empty(), since, until, mostPoints));
    }

    private static void check(int mostPoints) {
        if (mostPoints < FEWEST_POINTS || mostPoints > MOST_POINTS) {
            throw new IllegalArgumentException(
                    "the most points must be from " + FEWEST_POINTS + " to " + MOST_POINTS + ", not " + mostPoints);
        }
    }

    @Override
    public HistoryPage<EventRecord> events(HistoryQuery query) {
        return ask(() -> session.events(query));
    }

    @Override
    public HistoryPage<AuditRecord> audit(HistoryQuery query) {
        return ask(() -> session.audit(query));
    }

    @Override
    public void record(AuditRecord entry) {
        Objects.requireNonNull(entry, "entry");
        historyWriter.record(entry);
    }

    @Override
    public boolean flush(Duration longest) {
        return historyWriter.flush(longest);
    }

    @Override
    public HistoryHealth health() {
        return historyWriter.health();
    }

    private interface Question<T> {
        T answer() throws IOException;
    }

    private <T> T ask(Question<T> question) {
        if (historyWriter.hasEnded()) {
            throw new GuardException(
                    ErrorCode.ILLEGAL_STATE, "the guard is closed, and its history with it: make a new one to read it");
        }
        try {
            return question.answer();
        } catch (IOException e) {
            throw new GuardException(
                    ErrorCode.ENVIRONMENT, "history cannot be read from " + store + ": " + e.getMessage(), e);
        } catch (GuardException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            // Such as a cursor that is none of its own.
            throw new GuardException(ErrorCode.INVALID_REQUEST, String.valueOf(e.getMessage()), e);
        } catch (RuntimeException e) {
            throw new GuardException(ErrorCode.PLUGIN, "history store " + store + " broke: " + e, e);
        }
    }
}
