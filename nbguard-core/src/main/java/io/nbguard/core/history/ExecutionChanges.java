package io.nbguard.core.history;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.spi.store.StoredExecution;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds what has changed of executions by comparing how they stand with what was noticed last, so that an event which got
 * lost loses nothing. An execution is known from its acceptance until its end was noticed. Not safe for use by many threads.
 */
final class ExecutionChanges {

    private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

    private final Map<ExecutionId, Known> known = new LinkedHashMap<>();

    /** Knows an execution from now on. */
    void begin(ExecutionId id, Supplier<StoredExecution> standing) {
        known.putIfAbsent(id, new Known(standing));
    }

    boolean knows(ExecutionId id) {
        return known.containsKey(id);
    }

    /** Notices what has changed of some. */
    void look(Set<ExecutionId> some, Backlog backlog, long nowNanos) {
        for (ExecutionId id : some) {
            Known one = known.get(id);
            if (one != null && look(one, backlog, nowNanos, false)) {
                known.remove(id);
            }
        }
    }

    /**
     * Notices what has changed of all.
     *
     * @param everything also progress that was noticed less than a second ago
     */
    void lookAtAll(Backlog backlog, long nowNanos, boolean everything) {
        Iterator<Known> all = known.values().iterator();
        while (all.hasNext()) {
            if (look(all.next(), backlog, nowNanos, everything)) {
                all.remove();
            }
        }
    }

    /** Returns whether it has ended, and that is noticed. */
    private static boolean look(Known one, Backlog backlog, long nowNanos, boolean everything) {
        StoredExecution now = one.standing.get();
        StoredExecution before = one.noticed;
        boolean due = everything || nowNanos - one.noticedAtNanos >= PAUSE_NANOS;
        if (before == null || !now.equals(before) && (due || isMoreThanProgress(before, now))) {
            backlog.execution(now);
            one.noticed = now;
            one.noticedAtNanos = nowNanos;
            return now.record().state().isEnd();
        }
        return before.record().state().isEnd();
    }

    private static boolean isMoreThanProgress(StoredExecution before, StoredExecution now) {
        ExecutionRecord then = before.record();
        ExecutionRecord record = now.record();
        return then.state() != record.state()
                || !then.lifecycle().message().equals(record.lifecycle().message())
                || !then.outcome().killScenario().equals(record.outcome().killScenario())
                || !before.handle().equals(now.handle());
    }

    private static final class Known {

        final Supplier<StoredExecution> standing;

        @Nullable StoredExecution noticed;

        long noticedAtNanos;

        Known(Supplier<StoredExecution> standing) {
            this.standing = standing;
        }
    }
}
