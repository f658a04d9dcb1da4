package io.nbguard.core.sampling;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Who waits for a tick in which everything is read. Asking and waiting is for any thread; the rest for the sampling thread. */
final class FullTicks {

    private final Queue<CountDownLatch> waiting = new ConcurrentLinkedQueue<>();
    private final List<CountDownLatch> taken = new ArrayList<>();

    /** Asks for one; the loop must be woken afterwards. */
    CountDownLatch ask() {
        CountDownLatch latch = new CountDownLatch(1);
        waiting.add(latch);
        return latch;
    }

    /** Waits until {@code deadline} in {@link System#nanoTime()}; returns whether the tick was made. */
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
        for (CountDownLatch next = waiting.poll(); next != null; next = waiting.poll()) {
            taken.add(next);
        }
        return !taken.isEmpty();
    }

    /** The tick was made. */
    void served() {
        for (int i = 0; i < taken.size(); i++) {
            taken.get(i).countDown();
        }
        taken.clear();
    }

    /** There will be no further tick. */
    void done() {
        take();
        served();
    }
}
