package io.nbguard.server.http;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How many of the server's threads each kind of request may hold: some are always left for health, figures and stopping.
 * For any thread.
 */
final class Places {

    static final int URGENT = 16;
    static final int OTHERS = 48;
    /** Of the others: slow readers of public routes leave room for authenticated callers. */
    static final int UNAUTHENTICATED = 24;

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Semaphore urgent = new Semaphore(URGENT);
    private final Semaphore others = new Semaphore(OTHERS);
    private final Semaphore unauthenticated = new Semaphore(UNAUTHENTICATED);

    /**
     * Takes a place; what is returned gives it back, once however often it is run.
     *
     * @param known whether a valid token came with the request
     * @throws Refusal (503) if there is none
     */
    Runnable take(RequestHead head, boolean known) {
        Runnable leaving = taken(head, known);
        AtomicBoolean left = new AtomicBoolean();
        return () -> {
            if (left.compareAndSet(false, true)) {
                leaving.run();
            }
        };
    }

    private Runnable taken(RequestHead head, boolean known) {
        if (head.isStream()) {
            // Streams have a limit of their own.
            return () -> {};
        }
        if (head.isUrgent() && (known || head.isHealth()) && urgent.tryAcquire()) {
            return urgent::release;
        }
        if (known || unauthenticated.tryAcquire()) {
            if (others.tryAcquire()) {
                return known ? others::release : this::unauthenticatedLeaves;
            }
            if (!known) {
                unauthenticated.release();
            }
        }
        throw Refusal.later(503, "TOO_BUSY", "as many requests are under way as may be: try again", RETRY);
    }

    private void unauthenticatedLeaves() {
        others.release();
        unauthenticated.release();
    }
}
