package io.nbguard.server.http;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Who may hold how many of the server's threads: whatever the others do, some are left for health, figures and stopping.
 * For any thread.
 */
final class Places {

    static final int URGENT = 16;
    static final int OTHERS = 48;
    /** Of the others: those who read slowly what anybody may ask for hold up nobody who is known. */
    static final int STRANGERS = 24;

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Semaphore urgent = new Semaphore(URGENT);
    private final Semaphore others = new Semaphore(OTHERS);
    private final Semaphore strangers = new Semaphore(STRANGERS);

    /**
     * Takes a place; what is returned gives it back, once however often it is run.
     *
     * @param known whether a valid token came with the request
     * @throws Refusal (503) if there is none
     */
    Runnable take(Asking asking, boolean known) {
        Runnable leaving = taken(asking, known);
        AtomicBoolean left = new AtomicBoolean();
        return () -> {
            if (left.compareAndSet(false, true)) {
                leaving.run();
            }
        };
    }

    private Runnable taken(Asking asking, boolean known) {
        if (asking.isStream()) {
            // Streams have a limit of their own.
            return () -> {};
        }
        if (asking.isUrgent() && (known || asking.isHealth()) && urgent.tryAcquire()) {
            return urgent::release;
        }
        if (known || strangers.tryAcquire()) {
            if (others.tryAcquire()) {
                return known ? others::release : this::strangerLeaves;
            }
            if (!known) {
                strangers.release();
            }
        }
        throw Refusal.later(503, "TOO_BUSY", "as many requests are under way as may be: try again", RETRY);
    }

    private void strangerLeaves() {
        others.release();
        strangers.release();
    }
}
