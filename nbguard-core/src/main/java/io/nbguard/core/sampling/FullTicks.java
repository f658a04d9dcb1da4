package io.nbguard.core.sampling;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The callers that wait for a tick in which everything is read. Asking, waiting and {@link #done} is for any thread; the rest
 * for the sampling thread.
 */
final class FullTicks {

    private final Queue<CountDownLatch> waiting = new ConcurrentLinkedQueue<>();
    // How many of them the tick under way is for.
    private int taken;

    /** Asks for one; the loop must be woken afterwards. */
    CountDownLatch ask() {
        CountDownLatch latch = new CountDownLatch(1);
        waiting.add(latch);
        return latch;
    }

    /** Waits until {@code deadline} in {@link System#nanoTime()}; returns whether the tick was made, or will not be. */
    static boolean await(CountDownLatch tick, long deadline) {
        try {
            return tick.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Returns whether the tick that begins now was asked for. */
    boolean take() {
        taken = waiting.size();
        return taken > 0;
    }

    /** The tick was made. */
    void served() {
        for (; taken > 0; taken--) {
            release();
        }
    }

    /** There will be no further tick: waiting callers are released, and find the loop that makes the next one. */
    void done() {
        boolean more = true;
        while (more) {
            more = release();
        }
    }

    private boolean release() {
        CountDownLatch first = waiting.poll();
        if (first == null) {
            return false;
        }
        first.countDown();
        return true;
    }
}
