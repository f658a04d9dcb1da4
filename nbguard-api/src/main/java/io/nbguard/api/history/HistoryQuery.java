package io.nbguard.api.history;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.event.EventRecord;
import io.nbguard.api.execution.ExecutionStatus;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What of the past is asked for, the latest first. Immutable:
 *
 * <pre>{@code
 * HistoryQuery.latest(50).of("reports/daily.ipynb").with(ExecutionStatus.FAILED)
 * }</pre>
 *
 * @param limit how many at most, 1 to 1,000
 * @param notebook only of this notebook
 * @param status only those of this status; for executions only
 * @param owner only this owner's; for executions only
 * @param schedule only those that this schedule started; for executions only
 * @param execution only about this execution; for events only
 * @param type only of this {@linkplain EventRecord#type type}; for events only
 * @param since not before
 * @param until before
 * @param cursor {@link HistoryPage#next} of the page before
 */
public record HistoryQuery(
        int limit,
        Optional<String> notebook,
        Optional<ExecutionStatus> status,
        Optional<String> owner,
        Optional<ScheduleId> schedule,
        Optional<ExecutionId> execution,
        Optional<String> type,
        Optional<Instant> since,
        Optional<Instant> until,
        Optional<String> cursor) {

    private static final int MOST = 1_000;

    /**
     * Checks the limit.
     *
     * @throws IllegalArgumentException if {@code limit} is out of bounds
     */
    public HistoryQuery {
        if (limit < 1 || limit > MOST) {
            throw new IllegalArgumentException("limit must be from 1 to " + MOST + ", not " + limit);
        }
    }

    /** Asks for the latest {@code limit} of everything. */
    public static HistoryQuery latest(int limit) {
        return new HistoryQuery(
                limit,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** Returns this with one notebook only. */
    public HistoryQuery of(String only) {
        Objects.requireNonNull(only, "only");
        return new HistoryQuery(
                limit, Optional.of(only), status, owner, schedule, execution, type, since, until, cursor);
    }

    /** Returns this with one status only. */
    public HistoryQuery with(ExecutionStatus only) {
        Objects.requireNonNull(only, "only");
        return new HistoryQuery(
                limit, notebook, Optional.of(only), owner, schedule, execution, type, since, until, cursor);
    }

    /** Returns this with one owner only. */
    public HistoryQuery ownedBy(String only) {
        Objects.requireNonNull(only, "only");
        return new HistoryQuery(
                limit, notebook, status, Optional.of(only), schedule, execution, type, since, until, cursor);
    }

    /** Returns this with what one schedule started only. */
    public HistoryQuery startedBy(ScheduleId only) {
        Objects.requireNonNull(only, "only");
        return new HistoryQuery(
                limit, notebook, status, owner, Optional.of(only), execution, type, since, until, cursor);
    }

    /** Returns this with what is about one execution only. */
    public HistoryQuery about(ExecutionId only) {
        Objects.requireNonNull(only, "only");
        return new HistoryQuery(
                limit, notebook, status, owner, schedule, Optional.of(only), type, since, until, cursor);
    }

    /** Returns this with one type of events only. */
    public HistoryQuery typed(String only) {
        Objects.requireNonNull(only, "only");
        return new HistoryQuery(
                limit, notebook, status, owner, schedule, execution, Optional.of(only), since, until, cursor);
    }

    /** Returns this with a time only. */
    public HistoryQuery between(Optional<Instant> from, Optional<Instant> to) {
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(to, "to");
        return new HistoryQuery(limit, notebook, status, owner, schedule, execution, type, from, to, cursor);
    }

    /** Returns the same for what follows a page. */
    public HistoryQuery after(String page) {
        Objects.requireNonNull(page, "page");
        return new HistoryQuery(
                limit, notebook, status, owner, schedule, execution, type, since, until, Optional.of(page));
    }
}
