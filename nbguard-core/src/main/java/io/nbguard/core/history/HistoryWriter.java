package io.nbguard.core.history;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardClock;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.history.AuditRecord;
import io.nbguard.api.history.HistoryHealth;
import io.nbguard.api.snapshot.Snapshot;
import io.nbguard.core.event.EventSink;
import io.nbguard.core.recovery.DeadGuards;
import io.nbguard.core.thread.FailureLog;
import io.nbguard.core.thread.Parking;
import io.nbguard.core.thread.PlatformThread;
import io.nbguard.spi.store.HistorySession;
import io.nbguard.spi.store.StoredExecution;
import io.nbguard.spi.store.StoredSchedule;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what happens to a history store, on one thread of its own: no other thread ever waits for the store. All methods but
 * {@link #flush} and {@link #close} return at once; any thread.
 */
public final class HistoryWriter implements EventSink, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HistoryWriter.class);
    private static final FailureLog FAILURES = new FailureLog(LOG);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration LAST_PAUSE = Duration.ofMillis(250);
    private static final int LAST_TRIES = 12;
    private static final long AFTER_FAILURE_NANOS = Duration.ofSeconds(1).toNanos();

    // Made early: making it takes heap.
    private final Runnable looking = this::lookAndPace;
    // The writer's thread only.
    private long nextLookNanos;
    private final String store;
    private final HistorySession session;
    private final EventSink listeners;
    private final Inbox inbox = new Inbox();
    private final Flushes flushes = new Flushes();
    private final StoreWriter writer;

    // The thread's own.
    private final Backlog backlog = new Backlog();
    private final ChangeCollector collector;

    private volatile @Nullable Thread thread;
    private volatile long waiting;
    private volatile long lost;
    private volatile boolean closing;
    private volatile boolean abandoned;
    private volatile boolean ended;

    /**
     * Makes it; {@link #start} begins its thread.
     *
     * @param store what the session is and where, for people
     * @param others what guards that are gone have left in the store; looked after once a minute
     * @param listeners where to report the state of the store
     */
    public HistoryWriter(
            String store, HistorySession session, DeadGuards others, EventSink listeners, GuardClock clock) {
        this.store = store;
        this.session = session;
        this.listeners = listeners;
        collector = new ChangeCollector(inbox, backlog, clock);
        EventSink told = event -> {
            listeners.publish(event);
            publish(event);
        };
        writer = new StoreWriter(store, session, open -> others.look(open, collector::knows), told, clock);
    }

    /** Begins to write. */
    public void start(Supplier<Snapshot> readings, Supplier<List<StoredSchedule>> schedules, ThreadFactory threads) {
        reads(readings, schedules);
        Thread made = PlatformThread.of(threads, this::work, "the history writer");
        made.setName("nbguard-history");
        thread = made;
        made.start();
    }

    /** Sets where it looks. */
    void reads(Supplier<Snapshot> readings, Supplier<List<StoredSchedule>> schedules) {
        collector.reads(readings, schedules);
    }

    // What other parts report.

    /** Keeps an execution from now until its end. To be called before the first event about it. */
    public void begin(ExecutionId id, Supplier<StoredExecution> standing) {
        if (!ended) {
            inbox.put(id, standing);
            wake();
        }
    }

    @Override
    public void publish(GuardEvent event) {
        if (!ended && event.type().isKept()) {
            inbox.put(event);
            wake();
        }
        writer.tellSilence();
    }

    void record(AuditRecord entry) {
        if (!ended) {
            inbox.put(entry);
            wake();
        }
    }

    private void wake() {
        LockSupport.unpark(thread);
    }

    // The thread.

    private void work() {
        while (true) {
            // Read before the look: what was reported before close() is then written.
            boolean last = closing;
            long pause = lookSafely();
            if (last) {
                finish();
                return;
            }
            Parking.park(this, pause);
        }
    }

    private long pauseNanos() {
        long untilRetry = writer.pauseNanos();
        return untilRetry > 0 ? Math.min(collector.untilAllNanos(), untilRetry) : collector.untilAllNanos();
    }

    /** Looks, unless it is abandoned; returns the nanoseconds until the next look. */
    private long lookSafely() {
        // A store of a plugin that fails must not end this thread, nor must a full heap.
        return FAILURES.survives(looking, "the history writer of {} failed unexpectedly; it goes on", store)
                ? nextLookNanos
                : AFTER_FAILURE_NANOS;
    }

    private void lookAndPace() {
        if (!abandoned) {
            look();
        }
        nextLookNanos = Math.max(1_000_000, pauseNanos());
    }

    /** Gathers what there is and writes it, as the thread does. */
    void look() {
        // Flush requests are taken in first: what happened before each request is then gathered.
        boolean everything = flushes.hear() || closing;
        collector.look(everything);
        waiting = backlog.size();
        writer.write(backlog, everything);
        waiting = backlog.size();
        lost = backlog.lost();
        if (backlog.isEmpty()) {
            flushes.answer(true);
        }
    }

    private void finish() {
        for (int tries = 0; !backlog.isEmpty() && !abandoned && tries < LAST_TRIES; tries++) {
            Parking.park(this, LAST_PAUSE.toNanos());
            lookSafely();
        }
        ended = true;
        if (!backlog.isEmpty()) {
            LOG.error(
                    "{} entries were not written to {}, {} of them about executions: {}",
                    backlog.size(),
                    store,
                    backlog.executionsWaiting(),
                    writer.trouble().orElse("there was no time left"));
        }
        flushes.hear();
        flushes.answer(backlog.isEmpty());
        closeSession();
    }

    private void closeSession() {
        try {
            session.close();
        } catch (RuntimeException e) {
            LOG.warn("{} could not be closed", store, e);
        }
    }

    // What others ask.

    /** Returns how the store does. */
    HistoryHealth health() {
        writer.tellSilence();
        return new HistoryHealth(store, writer.trouble(), waiting + inbox.waiting(), lost);
    }

    /** Returns whether it has ended, and with it the session. */
    boolean hasEnded() {
        return ended;
    }

    /** Waits until all that has happened is written; returns whether that is so. */
    boolean flush(Duration longest) {
        var flush = flushes.ask();
        wake();
        // The thread may have ended before the request: it would stay without an answer.
        return Flushes.await(flush, ended ? Duration.ZERO : longest) || ended && waiting == 0;
    }

    /**
     * Writes all that there is, and closes the session. Takes five seconds at most, six if the store does not let go; what
     * could not be written is logged.
     */
    @Override
    public void close() {
        closing = true;
        Thread keeping = thread;
        if (keeping == null) {
            ended = true;
            closeSession();
            return;
        }
        wake();
        boolean interrupted = !awaitEnd(keeping, TIMEOUT);
        if (keeping.isAlive()) {
            abandoned = true;
            keeping.interrupt();
            interrupted |= !awaitEnd(keeping, Duration.ofSeconds(1));
        }
        ended = true;
        if (keeping.isAlive()) {
            LOG.error("{} does not let go; its thread {} is left behind", store, keeping.getName());
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns false if this thread was interrupted meanwhile. */
    private static boolean awaitEnd(Thread keeping, Duration longest) {
        try {
            keeping.join(longest.toMillis());
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }
}
