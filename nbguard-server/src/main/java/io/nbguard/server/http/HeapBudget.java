package io.nbguard.server.http;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * How much heap all requests together may hold: bodies on their way, what is made of them, cells that are shown, answers.
 * What cannot be had is refused with 503, so that no number of requests takes the heap from the watchdog. For any thread.
 */
public final class HeapBudget {

    private static final int UNIT = 1 << 10;
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final int units;
    private final Semaphore left;

    /** Makes one of so many bytes. */
    public HeapBudget(long bytes) {
        units = (int) Math.min(Integer.MAX_VALUE, Math.max(1, bytes / UNIT));
        left = new Semaphore(units, true);
    }

    /** Returns a quarter of this JVM's heap. */
    public static HeapBudget usual() {
        return new HeapBudget(Runtime.getRuntime().maxMemory() / 4);
    }

    /** Returns a share of nothing, which can grow. */
    public Share share() {
        return new Share();
    }

    /** Returns how many bytes are left. */
    public long left() {
        return (long) left.availablePermits() * UNIT;
    }

    private static Refusal spent() {
        return Refusal.later(
                503, "TOO_BUSY", "other requests hold all the memory that requests may: try again", TIMEOUT);
    }

    /** What one request holds. For one thread at a time. */
    public final class Share implements AutoCloseable {

        private int held;
        private boolean closed;

        private Share() {}

        /**
         * Has it hold so many bytes more; never waits.
         *
         * @throws Refusal (503) if there are not as many
         */
        public void grow(long bytes) {
            int wanted = units(bytes);
            if (!left.tryAcquire(wanted)) {
                throw spent();
            }
            add(wanted);
        }

        /**
         * Has it hold so many bytes more, after two seconds at most.
         *
         * @throws Refusal (503) if there are not as many
         */
        public void await(long bytes) {
            int wanted = units(bytes);
            try {
                if (!left.tryAcquire(wanted, TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw spent();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw spent();
            }
            add(wanted);
        }

        /** What is more than all there is takes all there is. */
        private synchronized int units(long bytes) {
            return (int) Math.min((bytes + UNIT - 1) / UNIT, units - held);
        }

        private synchronized void add(int acquired) {
            if (closed) {
                left.release(acquired);
            } else {
                held += acquired;
            }
        }

        @Override
        public synchronized void close() {
            closed = true;
            left.release(held);
            held = 0;
        }
    }
}
