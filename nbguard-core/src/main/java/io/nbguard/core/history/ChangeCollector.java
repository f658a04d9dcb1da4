package io.nbguard.core.history;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardClock;
import io.nbguard.api.snapshot.Snapshot;
import io.nbguard.spi.store.StoredSchedule;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what there is to write. News say where to look at once; once a second it looks at everything, so that a lost
 * piece of news loses nothing. Not safe for use by many threads.
 */
final class ChangeCollector {

    private static final Logger LOG = LoggerFactory.getLogger(ChangeCollector.class);
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Inbox inbox;
    private final Backlog backlog;
    private final GuardClock clock;
    private final ExecutionChanges executions = new ExecutionChanges();
    private final ScheduleChanges scheduleChanges = new ScheduleChanges();
    private final UsageReader usage = new UsageReader();
    private Supplier<Snapshot> snapshots = () -> {
        throw new IllegalStateException("the source of readings is not set");
    };
    private Supplier<List<StoredSchedule>> schedules = List::of;
    private long lookedAtAllNanos;
    private boolean lookedOnce;

    ChangeCollector(Inbox inbox, Backlog backlog, GuardClock clock) {
        this.inbox = inbox;
        this.backlog = backlog;
        this.clock = clock;
    }

    /** Sets where it looks. */
    void reads(Supplier<Snapshot> readings, Supplier<List<StoredSchedule>> allSchedules) {
        snapshots = readings;
        schedules = allSchedules;
    }

    /**
     * Puts what there is into the backlog.
     *
     * @param everything also progress that was noticed less than a second ago
     */
    void look(boolean everything) {
        long now = clock.nanoTime();
        Inbox.News news = inbox.empty(executions, backlog);
        backlog.lose(inbox.takeLost());
        boolean all = everything || !lookedOnce || untilAllNanos() <= 0;
        if (all) {
            lookedOnce = true;
            lookedAtAllNanos = now;
            readUsage();
            executions.lookAtAll(backlog, now, everything);
        } else {
            executions.look(news.touched(), backlog, now);
        }
        // After the executions: a schedule then stands as after the start of those that are seen.
        if (all || news.schedules()) {
            scheduleChanges.look(schedules.get(), backlog, clock.instant());
        }
    }

    private void readUsage() {
        try {
            usage.read(snapshots.get(), backlog);
        } catch (RuntimeException e) {
            LOG.debug("no usage at this look", e);
        }
    }

    /** Returns the nanoseconds until it looks at everything again. */
    long untilAllNanos() {
        return SECOND - (clock.nanoTime() - lookedAtAllNanos);
    }

    /** Returns whether an execution is under way here, or its end is still to be written. */
    boolean knows(ExecutionId id) {
        return executions.knows(id) || backlog.has(id);
    }
}
