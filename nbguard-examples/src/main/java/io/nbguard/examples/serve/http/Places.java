package io.nbguard.examples.serve.http;

import java.time.Duration;
import java.util.concurrent.Semaphore;

/**
 * Who may hold how many of the server's threads: whatever the others do, some are left for health, figures and stopping.
 * For any thread.
 */
final class Places {

    static final int URGENT = 16;
    static final int OTHERS = 48;
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Semaphore urgent = new Semaphore(URGENT);
    private final Semaphore others = new Semaphore(OTHERS);

    /**
     * Takes a place; what is returned gives it back.
     *
     * @throws Refusal (503) if there is none
     */
    Runnable take(Asking asking) {
        if (asking.isStream()) {
            // Streams have a limit of their own.
            return () -> {};
        }
        if (asking.isUrgent() && urgent.tryAcquire()) {
            return urgent::release;
        }
        if (others.tryAcquire()) {
            return others::release;
        }
        throw Refusal.later(503, "TOO_BUSY", "as many requests are under way as may be: try again", RETRY);
    }
}
