package io.nbguard.core.history;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.ExecutionSnapshot;
import io.nbguard.api.NodeSnapshot;
import io.nbguard.api.Snapshot;
import io.nbguard.api.UsagePoint;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.spi.HistoryEntry;
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
        node.memoryUnreclaimable()
                .value()
                .ifPresent(used -> backlog.usage(
                        point(Optional.empty(), at, used, node.cores().value().orElse(0.0))));
        for (ExecutionSnapshot execution : snapshot.executions()) {
            if (!execution.state().isEnd() && isNew(execution)) {
                // What is not known is no point: a chart with a gap tells the truth, and one with zeros does not.
                execution.memory().value().ifPresent(held -> execution
                        .cores()
                        .value()
                        .ifPresent(cores -> backlog.usage(point(
                                Optional.of(execution), execution.measuredAt().orElse(at), held, cores))));
            }
        }
    }

    /** Returns whether its figures are of this tick, or its engine has read them since they were taken last. */
    private boolean isNew(ExecutionSnapshot execution) {
        Optional<Instant> measured = execution.measuredAt();
        return measured.isEmpty()
                || !measured.equals(Optional.ofNullable(reported.put(execution.id(), measured.get())));
    }

    private static HistoryEntry.OfUsage point(
            Optional<ExecutionSnapshot> execution, Instant at, ByteSize memory, double cores) {
        return new HistoryEntry.OfUsage(
                execution.map(ExecutionSnapshot::id), UsagePoint.reading(at, memory, Math.max(0, cores)));
    }
}
