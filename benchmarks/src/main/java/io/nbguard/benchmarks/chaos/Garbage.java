package io.nbguard.benchmarks.chaos;

import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * A host that has other things to do: a thread that makes garbage at a steady rate beside some 300 MB that live on, a part
 * of which is always being replaced, so that young and old collections go on all the time.
 */
final class Garbage implements Runnable {

    private static final long BYTES_PER_SECOND = 1_000_000_000L;
    private static final int LIVE_OBJECTS = 1_200_000;
    private static final int SMALLEST = 64;
    private static final int LARGEST = 400;
    /** One in so many lives on, in the place of another. */
    private static final int KEPT = 16;

    private static final long REST_NANOS = 20_000_000L;
    private static final int BATCH_BYTES = 1_000_000;

    private final byte[][] live = new byte[LIVE_OBJECTS][];
    private volatile boolean making;

    /** Begins or stops making garbage; what lives on stays. */
    void make(boolean on) {
        making = on;
    }

    @Override
    public void run() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < LIVE_OBJECTS; i++) {
            live[i] = new byte[random.nextInt(SMALLEST, LARGEST)];
        }
        long due = System.nanoTime();
        while (!Thread.currentThread().isInterrupted()) {
            if (!making) {
                LockSupport.parkNanos(REST_NANOS);
                continue;
            }
            int batch = 0;
            while (batch < BATCH_BYTES) {
                byte[] object = new byte[random.nextInt(SMALLEST, LARGEST)];
                batch += object.length;
                if (random.nextInt(KEPT) == 0) {
                    live[random.nextInt(LIVE_OBJECTS)] = object;
                }
            }
            due = Math.max(due, System.nanoTime() - 100_000_000L) + batch * 1_000_000_000L / BYTES_PER_SECOND;
            long early = due - System.nanoTime();
            if (early > 0) {
                LockSupport.parkNanos(early);
            }
        }
    }
}
