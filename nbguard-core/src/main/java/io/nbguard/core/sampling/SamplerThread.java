package io.nbguard.core.sampling;

import io.nbguard.core.GuardClock;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;

/**
 * The thread that samples: parks until a tick is due, spins over what is too short to sleep, and rehearses while it has
 * nothing to do.
 *
 * <p>It is a platform thread, whatever the host's factory makes. A virtual one shares its carriers with the host's work, has
 * no priority of its own, and wakes when a carrier happens to be free.
 */
final class SamplerThread {

    /** Waking up takes longer than this. */
    private static final long NOT_WORTH_SLEEPING_NANOS = 50_000L;

    private static final long FIRST_REHEARSAL_NANOS = 40_000_000L;
    private static final long REHEARSAL_NANOS = 5_000_000L;
    private static final long TIME_TO_REHEARSE_NANOS = 50_000_000L;
    private static final long LONGEST_CLOSE_NANOS = 2_000_000_000L;

    private final Work work;
    private final Rehearsal rehearsal;
    private final GuardClock clock;
    private final Thread thread;
    private volatile boolean woken;
    private volatile boolean closed;

    /** Makes one that is not running yet. */
    SamplerThread(Work work, Rehearsal rehearsal, GuardClock clock, ThreadFactory factory) {
        this.work = work;
        this.rehearsal = rehearsal;
        this.clock = clock;
        thread = PlatformThread.of(factory, this::run, "the sampling loop");
    }

    /** Starts it. */
    void start() {
        thread.start();
    }

    /** Has the next tick made at once. Any thread. */
    void wake() {
        woken = true;
        LockSupport.unpark(thread);
    }

    /** Returns whether it was told to end. Any thread. */
    boolean isClosed() {
        return closed;
    }

    /**
     * Ends it and waits for it, for two seconds at most; by itself it is told only.
     *
     * @return whether it does not run any more
     */
    boolean close() {
        closed = true;
        LockSupport.unpark(thread);
        if (Thread.currentThread() == thread) {
            return false;
        }
        boolean interrupted = false;
        long deadline = System.nanoTime() + LONGEST_CLOSE_NANOS;
        while (thread.isAlive() && System.nanoTime() < deadline) {
            try {
                thread.join(100);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    private void run() {
        try {
            work.begins();
            rehearsal.perform(FIRST_REHEARSAL_NANOS);
            work.ready();
            while (!closed) {
                turn();
            }
        } finally {
            work.ends();
        }
    }

    private void turn() {
        if (woken) {
            woken = false;
            work.tick(true);
            return;
        }
        long wait = work.dueNanos() - clock.nanoTime();
        if (wait > TIME_TO_REHEARSE_NANOS && !rehearsal.isOver()) {
            rehearsal.perform(REHEARSAL_NANOS);
        } else if (wait > NOT_WORTH_SLEEPING_NANOS) {
            LockSupport.parkNanos(this, wait);
        } else if (wait > 0) {
            Thread.onSpinWait();
        } else {
            work.tick(false);
        }
    }

    /** What the thread does. */
    interface Work {

        /** The thread has begun. */
        void begins();

        /** What is rehearsed first was; ticks follow. */
        void ready();

        /** Returns when the next tick is due. */
        long dueNanos();

        /**
         * Makes a tick.
         *
         * @param woken whether it is made before it was due, because somebody wants it now
         */
        void tick(boolean woken);

        /** The thread ends. */
        void ends();
    }
}
