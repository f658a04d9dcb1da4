package io.nbguard.core.sampling;

import io.nbguard.core.thread.Parking;
import io.nbguard.core.thread.PlatformThread;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Notices that the sampling loop stands still, and makes another thread take it over. Only time in which this thread ran
 * itself counts: in a pause of the machine or of this JVM no thread runs.
 */
final class StallWatch {

    /** A loop that is overdue for this long stands still. */
    static final long STANDS_STILL_NANOS = 2_000_000_000L;

    private static final long LOOK_NANOS = 100_000_000L;
    private static final long LONGEST_TIMEOUT_NANOS = 60_000_000_000L;

    private final Loop loop;
    private final ThreadFactory threads;
    private volatile boolean closed;
    private volatile @Nullable Thread thread;
    private long seen = -1;
    private long standingNanos;
    private long timeoutNanos = STANDS_STILL_NANOS;

    StallWatch(Loop loop, ThreadFactory threads) {
        this.loop = loop;
        this.threads = threads;
    }

    /** Starts its thread. */
    void start() {
        Thread made = PlatformThread.of(threads, this::run, "the watch over the sampling loop");
        made.setDaemon(true);
        thread = made;
        made.start();
    }

    /** Ends its thread. */
    void close() {
        closed = true;
        Thread present = thread;
        if (present != null && present != Thread.currentThread()) {
            LockSupport.unpark(present);
            PlatformThread.join(present);
        }
    }

    private void run() {
        long last = System.nanoTime();
        while (!closed) {
            Parking.park(this, LOOK_NANOS);
            long now = System.nanoTime();
            try {
                look(Math.min(now - last, 2 * LOOK_NANOS));
            } catch (Throwable e) {
                // There may be no heap for a thread just now: it is tried again at the next look.
                standingNanos = Math.max(standingNanos, timeoutNanos);
            }
            last = now;
        }
    }

    /**
     * Looks at the loop.
     *
     * @param ranNanos how much time has passed since the last look in which this thread could run
     */
    void look(long ranNanos) {
        if (closed) {
            return;
        }
        long ticks = loop.ticks();
        boolean stands = ticks == seen && loop.isOverdue();
        if (ticks != seen && timeoutNanos > STANDS_STILL_NANOS) {
            timeoutNanos = Math.max(STANDS_STILL_NANOS, timeoutNanos - ranNanos);
        }
        seen = ticks;
        standingNanos = stands ? standingNanos + ranNanos : 0;
        if (loop.isDead() || standingNanos >= timeoutNanos) {
            loop.takeOver(standingNanos);
            standingNanos = 0;
            // One that stands still at once again gets more time: threads that hang are not to pile up.
            timeoutNanos = Math.min(LONGEST_TIMEOUT_NANOS, 2 * timeoutNanos);
        }
    }

    /** What is watched. */
    interface Loop {

        /** Returns how many ticks were made. */
        long ticks();

        /** Returns whether the next tick is due. */
        boolean isOverdue();

        /** Returns whether its thread has ended although it was not stopped. */
        boolean isDead();

        /** Lets a fresh thread run it. */
        void takeOver(long stoodNanos);
    }
}
