package io.nbguard.core.history;

import io.nbguard.api.GuardClock;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.core.event.EventSink;
import io.nbguard.core.thread.GrowingPause;
import io.nbguard.spi.store.HistoryEntry;
import io.nbguard.spi.store.HistorySession;
import io.nbguard.spi.store.StoreFullException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what waits, and copes with a store that cannot take it: publishes that once, tries again after growing
 * pauses, and publishes when everything is written. One thread writes; any thread may read the health.
 */
final class StoreWriter {

    private static final Logger LOG = LoggerFactory.getLogger(StoreWriter.class);
    private static final Duration MAINTENANCE = Duration.ofMinutes(1);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Duration SILENCE = Duration.ofSeconds(10);
    private static final int FAILURES_TO_DOUBT = 4;
    private static final int REFUSALS_AT_FIRST = 10;
    private static final int REFUSALS_IN_A_ROW = 3;

    /** What else is to be done with the store now and then. */
    interface Care {
        void look(HistorySession session) throws IOException;
    }

    private final String store;
    private final HistorySession session;
    private final Care care;
    private final EventSink events;
    private final GuardClock clock;
    /**
     * Held while it is decided whether there is news of the store: one thread writes, others notice a silence, and the sampling
     * thread may be one of them. So nothing is logged under it, and a thread that notices a silence does not wait for it.
     */
    private final ReentrantLock news = new ReentrantLock();

    private boolean degraded;

    private volatile @Nullable String trouble;
    private volatile boolean busy;
    private volatile long busySinceNanos;
    private final GrowingPause retryPause = new GrowingPause(FIRST_PAUSE, LONGEST_PAUSE);
    private int failures;
    private long retryAtNanos;
    private long maintainedAtNanos;
    private long lostBefore;

    StoreWriter(String store, HistorySession session, Care care, EventSink events, GuardClock clock) {
        this.store = store;
        this.session = session;
        this.care = care;
        this.events = events;
        this.clock = clock;
        maintainedAtNanos = clock.nanoTime();
    }

    /**
     * Writes all that waits, and looks after the store once a minute.
     *
     * @param atOnce also during the pause after a failure
     */
    void write(Backlog backlog, boolean atOnce) {
        long now = clock.nanoTime();
        boolean maintenanceDue = now - maintainedAtNanos >= MAINTENANCE.toNanos();
        if (trouble != null && !atOnce && now - retryAtNanos < 0) {
            return;
        }
        if (backlog.isEmpty() && trouble == null && !maintenanceDue) {
            return;
        }
        busySinceNanos = now;
        busy = true;
        try {
            writeAll(backlog);
            if (maintenanceDue) {
                busySinceNanos = clock.nanoTime();
                session.maintain(clock.instant());
                care.look(session);
                maintainedAtNanos = clock.nanoTime();
            }
            succeeded(backlog);
        } catch (IOException | RuntimeException | Error e) {
            // Errors too: the store may be a plugin's, and has then failed like any other.
            failed(e, backlog);
        } finally {
            busy = false;
        }
    }

    private void writeAll(Backlog backlog) throws IOException {
        while (!backlog.isEmpty()) {
            List<HistoryEntry> batch = backlog.next();
            busySinceNanos = clock.nanoTime();
            try {
                session.write(batch);
                backlog.written(batch);
            } catch (IOException | RuntimeException e) {
                boolean doubtful = failures % FAILURES_TO_DOUBT == FAILURES_TO_DOUBT - 1;
                if (!doubtful || batch.size() == 1) {
                    throw e;
                }
                writeOneByOne(batch, backlog);
            }
        }
    }

    /**
     * Finds out whether it is the store or what is written to it. Given up for ever is only what was refused twice, and
     * something else taken in between: it must not hold up the rest.
     */
    private void writeOneByOne(List<HistoryEntry> batch, Backlog backlog) throws IOException {
        List<HistoryEntry> refused = new ArrayList<>();
        List<HistoryEntry> suspects = new ArrayList<>();
        boolean taken = false;
        for (HistoryEntry entry : batch) {
            try {
                busySinceNanos = clock.nanoTime();
                session.write(List.of(entry));
                backlog.written(List.of(entry));
                taken = true;
                suspects.addAll(refused);
                refused.clear();
            } catch (StoreFullException e) {
                // The next one may be small enough; this one is not to blame.
                throw e;
            } catch (IOException | RuntimeException e) {
                refused.add(entry);
                if (refused.size() == (taken ? REFUSALS_IN_A_ROW : REFUSALS_AT_FIRST)) {
                    throw e;
                }
            }
        }
        if (!taken) {
            throw new IOException("it takes none of " + batch.size() + " entries");
        }
        for (HistoryEntry suspect : suspects) {
            try {
                session.write(List.of(suspect));
                backlog.written(List.of(suspect));
            } catch (StoreFullException e) {
                throw e;
            } catch (IOException | RuntimeException e) {
                LOG.error("{} takes other entries, but not this one, which is lost: {}", store, suspect, e);
                backlog.discard(suspect);
            }
        }
    }

    private void succeeded(Backlog backlog) {
        failures = 0;
        retryPause.reset();
        long lost = backlog.lost() - lostBefore;
        boolean isNews;
        news.lock();
        try {
            busy = false;
            trouble = null;
            isNews = degraded;
            degraded = false;
            if (isNews) {
                events.publish(new GuardEvent.HistoryRestored(clock.instant(), store, lost));
            }
        } finally {
            news.unlock();
        }
        if (isNews) {
            LOG.info("history is written to {} again; {} entries were lost", store, lost);
        }
        lostBefore = backlog.lost();
    }

    private void failed(Throwable e, Backlog backlog) {
        failures++;
        retryAtNanos = clock.nanoTime() + retryPause.takeNanos();
        String reason = e.getMessage() == null ? e.toString() : e.getMessage();
        boolean isNews;
        news.lock();
        try {
            busy = false;
            isNews = trouble == null;
            trouble = reason;
            tellDegraded(reason);
        } finally {
            news.unlock();
        }
        if (isNews) {
            LOG.warn(
                    "history cannot be written to {}: {}; {} entries wait, and it is tried again",
                    store,
                    reason,
                    backlog.size());
            LOG.debug("history cannot be written to {}", store, e);
        } else {
            LOG.debug("history still cannot be written to {}", store, e);
        }
    }

    private boolean tellDegraded(String reason) {
        if (degraded) {
            return false;
        }
        degraded = true;
        events.publish(new GuardEvent.HistoryDegraded(clock.instant(), store, reason));
        return true;
    }

    /** Returns the nanoseconds until it may be tried again; 0 or less if at any time. */
    long pauseNanos() {
        return trouble == null ? 0 : retryAtNanos - clock.nanoTime();
    }

    /** Returns why it cannot be written to, if that is so. Any thread. */
    Optional<String> trouble() {
        return isSilent() ? Optional.of(silence()) : Optional.ofNullable(trouble);
    }

    private boolean isSilent() {
        return busy && clock.nanoTime() - busySinceNanos > SILENCE.toNanos();
    }

    private static String silence() {
        return "it has not answered for " + SILENCE.toSeconds() + " s";
    }

    /** Reports once that the store does not answer: the thread that waits for it cannot. Any thread. */
    void tellSilence() {
        if (!isSilent() || !news.tryLock()) {
            return;
        }
        boolean isNews;
        try {
            isNews = isSilent() && tellDegraded(silence());
        } finally {
            news.unlock();
        }
        if (isNews) {
            LOG.warn("history cannot be written to {}: {}", store, silence());
        }
    }
}
