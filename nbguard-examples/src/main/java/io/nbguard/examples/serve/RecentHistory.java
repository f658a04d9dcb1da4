package io.nbguard.examples.serve;

import io.nbguard.api.AuditRecord;
import io.nbguard.api.EventRecord;
import io.nbguard.api.Execution;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.ExecutionRecord;
import io.nbguard.api.ExecutionRequest;
import io.nbguard.api.History;
import io.nbguard.api.HistoryHealth;
import io.nbguard.api.HistoryPage;
import io.nbguard.api.HistoryQuery;
import io.nbguard.api.UsagePoint;
import io.nbguard.core.NotebookGuard;
import io.nbguard.examples.serve.json.EventShape;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;

/** What a guard itself remembers, while it has no history store. */
public final class RecentHistory implements History {

    private static final int MOST = 1_000;

    private final NotebookGuard guard;
    private final Deque<EventRecord> events = new ConcurrentLinkedDeque<>();
    private final Deque<AuditRecord> audit = new ConcurrentLinkedDeque<>();

    /** Begins to listen. */
    public RecentHistory(NotebookGuard guard) {
        this.guard = guard;
        guard.listen(event -> EventShape.of(event).ifPresent(record -> keep(events, record)));
    }

    private static <T> void keep(Deque<T> all, T one) {
        all.addFirst(one);
        if (all.size() > MOST) {
            all.removeLast();
        }
    }

    @Override
    public HistoryPage<ExecutionRecord> executions(HistoryQuery query) {
        List<Execution> all = new ArrayList<>(guard.executions());
        Collections.reverse(all);
        return new HistoryPage<>(
                all.stream()
                        .map(Execution::record)
                        .filter(record ->
                                query.notebook().map(record.notebook()::equals).orElse(true))
                        .filter(record ->
                                query.status().map(record.status()::equals).orElse(true))
                        .limit(query.limit())
                        .toList(),
                Optional.empty());
    }

    @Override
    public Optional<ExecutionRecord> execution(ExecutionId id) {
        return guard.execution(id).map(Execution::record);
    }

    @Override
    public Optional<ExecutionRequest> request(ExecutionId id) {
        return guard.execution(id).map(Execution::request);
    }

    @Override
    public List<UsagePoint> usage(ExecutionId id, int mostPoints) {
        return List.of();
    }

    @Override
    public List<UsagePoint> containerUsage(Instant since, Instant until, int mostPoints) {
        return List.of();
    }

    @Override
    public HistoryPage<EventRecord> events(HistoryQuery query) {
        return new HistoryPage<>(events.stream().limit(query.limit()).toList(), Optional.empty());
    }

    @Override
    public HistoryPage<AuditRecord> audit(HistoryQuery query) {
        return new HistoryPage<>(audit.stream().limit(query.limit()).toList(), Optional.empty());
    }

    @Override
    public void record(AuditRecord entry) {
        keep(audit, entry);
    }

    @Override
    public boolean flush(Duration longest) {
        return true;
    }

    @Override
    public HistoryHealth health() {
        return new HistoryHealth("none", Optional.empty(), 0, 0);
    }
}
