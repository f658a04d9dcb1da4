package io.nbguard.core.history;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.history.UsagePoint;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Reading;
import io.nbguard.api.snapshot.ExecutionSnapshot;
import io.nbguard.api.snapshot.NodeSnapshot;
import io.nbguard.api.snapshot.Snapshot;
import io.nbguard.spi.store.HistoryEntry;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Takes usage over time from snapshots, each tick's once. Not safe for use by many threads. */
final class UsageReader {

    private long lastSequence;
    // When the engine read what was taken last, of those that engines run.
    private final Map<ExecutionId, Instant> reported = new HashMap<>();

    /** Takes what a snapshot says of the node, unless it cannot be read, and of every execution in it. */
    void read(Snapshot snapshot, Backlog backlog) {
        if (snapshot.sequence() == lastSequence) {
            return;
        }
        lastSequence = snapshot.sequence();
        Instant at = snapshot.takenAt();
        reported.keySet().removeIf(id -> snapshot.executions().stream()
                .noneMatch(execution -> execution.id().equals(id)));
        NodeSnapshot node = snapshot.node();
        read(Optional.empty(), at, node.memoryUnreclaimable(), node.cores(), backlog);
        for (ExecutionSnapshot execution : snapshot.executions()) {
            if (!execution.state().isEnd() && isNew(execution)) {
                read(
                        Optional.of(execution.id()),
                        execution.measuredAt().orElse(at),
                        execution.usage().memory(),
                        execution.usage().cores(),
                        backlog);
            }
        }
    }

    /** Makes a point of what is known: a chart with a gap is true, and one with zeros is not. */
    private static void read(
            Optional<ExecutionId> execution,
            Instant at,
            Reading<ByteSize> memory,
            Reading<Double> cores,
            Backlog backlog) {
        Optional<Double> used = cores.value().map(known -> Math.max(0, known));
        if (memory.value().isPresent() || used.isPresent()) {
            backlog.usage(new HistoryEntry.OfUsage(execution, UsagePoint.reading(at, memory.value(), used)));
        }
    }

    /** Returns whether its figures are of this tick, or its engine has read them since they were taken last. */
    private boolean isNew(ExecutionSnapshot execution) {
        Optional<Instant> measured = execution.measuredAt();
        return measured.isEmpty()
                || !measured.equals(Optional.ofNullable(reported.put(execution.id(), measured.get())));
    }
}
