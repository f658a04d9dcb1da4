package io.nbguard.core.sampling;

import io.nbguard.api.GuardClock;
import io.nbguard.core.thread.PlatformThread;
import io.nbguard.core.thread.Turn;
import io.nbguard.spi.process.TrackerSession;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The thread that samples, in one turn: parks until a tick is due, spins over what is too short to sleep, and warms up while
 * it has nothing to do. Nothing that is thrown ends it.
 *
 * <p>It is a platform thread, whatever the host's factory makes. A virtual one shares its carriers with the host's work, has
 * no priority of its own, and wakes when a carrier happens to be free.
 */
final class SamplerThread {

    /** Waking up takes longer than this. */
    private static final long NOT_WORTH_SLEEPING_NANOS = 50_000L;

    private static final long FIRST_WARM_UP_NANOS = 40_000_000L;
    private static final long WARM_UP_NANOS = 5_000_000L;
    private static final long TIME_TO_WARM_UP_NANOS = 50_000_000L;
    private static final long FAILED_PAUSE_NANOS = 1_000_000L;
    private static final long LONGEST_CLOSE_NANOS = 2_000_000_000L;

    private final Turn turn;
    private final Sampler sampler;
    private final TrackerSession tracker;
    private final GuardClock clock;
    private final ThreadFactory factory;
    private final Logger log;
    private final boolean takesOver;
    private volatile @Nullable Thread thread;
    private volatile boolean woken;
    private volatile boolean closed;

    /**
     * Makes one that is not running yet.
     *
     * @param takesOver whether it goes on with what another thread has left
     */
    SamplerThread(Turn turn, Sampler sampler, LoopParts parts, ThreadFactory factory, boolean takesOver) {
        this.turn = turn;
        this.sampler = sampler;
        this.factory = factory;
        this.takesOver = takesOver;
        tracker = parts.tracker();
        clock = parts.clock();
        log = parts.log();
    }

    /** Starts it. */
    void start() {
        Thread made = PlatformThread.of(factory, this::run, "the sampling loop");
        thread = made;
        made.start();
    }

    /** Returns its sampler. */
    Sampler sampler() {
        return sampler;
    }

    /** Makes the thread start its next tick at once. Any thread. */
    void wake() {
        woken = true;
        LockSupport.unpark(thread);
    }

    /** Returns whether it is to end. Any thread. */
    boolean isClosed() {
        return closed;
    }

    /** Returns whether it was started and has ended. Any thread. */
    boolean isDead() {
        Thread present = thread;
        return present != null && !present.isAlive();
    }

    /** Leaves it behind: it is to touch nothing any more, should it come back from where it hangs. Any thread. */
    void leaveBehind() {
        closed = true;
        turn.end();
        sampler.fullTicks().done();
    }

    /**
     * Ends it and waits for it, for two seconds at most; called on the thread itself, it only requests the end. A thread that
     * does not come back from where it hangs cannot be ended: it is interrupted and left behind.
     *
     * @return whether it does not run any more
     */
    boolean close() {
        closed = true;
        Thread present = thread;
        if (present == null) {
            return true;
        }
        LockSupport.unpark(present);
        if (Thread.currentThread() == present) {
            return false;
        }
        boolean ended = await(present, turn.isOver() ? 0 : LONGEST_CLOSE_NANOS);
        sampler.fullTicks().done();
        if (!ended) {
            leaveBehind();
            present.interrupt();
            log.warn("the sampling thread {} hangs and is left behind; it touches nothing more", present.getName());
        }
        return ended;
    }

    private static boolean await(Thread thread, long nanos) {
        boolean interrupted = false;
        long deadline = System.nanoTime() + nanos;
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
            begin();
            while (!closed && !turn.isOver()) {
                turnSafely();
            }
        } finally {
            if (!turn.isOver()) {
                end();
            }
        }
    }

    private void begin() {
        try {
            if (takesOver) {
                sampler.takeOver();
            }
            log.info("the sampling thread runs with {}", tracker.hasten());
            if (!takesOver) {
                sampler.warmUp().perform(FIRST_WARM_UP_NANOS);
            }
        } catch (Throwable e) {
            // The loop is needed all the same.
            noteUnlessOver(e);
        }
        sampler.timer().restart(clock.nanoTime());
    }

    private void turnSafely() {
        try {
            turn();
        } catch (Throwable e) {
            noteUnlessOver(e);
            LockSupport.parkNanos(this, FAILED_PAUSE_NANOS);
        }
    }

    private void noteUnlessOver(Throwable failure) {
        if (!turn.isOver()) {
            sampler.failures().note(failure);
        }
    }

    private void turn() {
        if (woken) {
            woken = false;
            sampler.woken();
            sampler.tick();
            return;
        }
        long wait = sampler.timer().dueNanos() - clock.nanoTime();
        if (wait > TIME_TO_WARM_UP_NANOS && !sampler.warmUp().isOver()) {
            sampler.warmUp().perform(WARM_UP_NANOS);
        } else if (wait > NOT_WORTH_SLEEPING_NANOS) {
            LockSupport.parkNanos(this, wait);
        } else if (wait > 0) {
            Thread.onSpinWait();
        } else {
            sampler.tick();
        }
    }

    private void end() {
        try {
            sampler.watchdog().thaw(clock.nanoTime());
        } catch (Throwable e) {
            noteUnlessOver(e);
        }
        if (closed) {
            // If it was not, another thread takes over, and says so.
            sampler.fullTicks().done();
        }
    }
}
