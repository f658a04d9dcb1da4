package io.nbguard.api.history;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardException;
import io.nbguard.api.event.EventRecord;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a guard has done, and which changes were requested: as far back as its history store goes. Without a store that lasts,
 * only this guard's own life, in memory.
 *
 * <p>What happens is written by a thread of its own, a moment later; while the store cannot be reached the guard goes on, and
 * {@link GuardEvent.HistoryDegraded} is published. Executions and schedules are written once it is back; events and usage
 * only as far as they fit a bounded queue, and what does not is counted.
 *
 * <p>For any thread. Reads may wait for a disk or a network, and throw {@link GuardException} with code ENVIRONMENT if the
 * store cannot be read, INVALID_REQUEST if a cursor is none of its own.
 */
public interface History {

    /** Returns executions, those that have not ended included. */
    HistoryPage<ExecutionRecord> executions(HistoryQuery query);

    /** Returns an execution. */
    Optional<ExecutionRecord> execution(ExecutionId id);

    /** Returns what an execution was asked to run. */
    Optional<ExecutionRequest> request(ExecutionId id);

    /**
     * Returns what an execution used, the oldest first.
     *
     * @param mostPoints how many points at most, 2 to 10,000: neighbours are put together where there are more
     */
    List<UsagePoint> usage(ExecutionId id, int mostPoints);

    /** Returns what the node used, as {@link #usage} does. */
    List<UsagePoint> nodeUsage(Instant since, Instant until, int mostPoints);

    /** Returns events. */
    HistoryPage<EventRecord> events(HistoryQuery query);

    /** Returns the requested changes and their callers. */
    HistoryPage<AuditRecord> audit(HistoryQuery query);

    /** Records a requested change. Returns at once. */
    void record(AuditRecord entry);

    /**
     * Waits until everything that has happened is written.
     *
     * @return whether that is so; false after {@code longest}
     */
    boolean flush(Duration longest);

    /** Returns how the store does. */
    HistoryHealth health();
}
