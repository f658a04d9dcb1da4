package io.nbguard.core.sidecar;

import java.util.function.LongSupplier;

/**
 * Runs a garbage collection while no execution is near a threshold. A collection stops every thread, the sampling one too,
 * and a kill allocates most: without this, the young generation would sometimes be full at the very moment of a crossing.
 * Then a collection takes some 10 ms, because the JVM's collector thread waits for processor time behind the notebooks.
 *
 * <p>For one thread.
 */
final class QuietCollector {

    /** Half of the young generation: the other half is for the kills until it is quiet again. */
    private static final long WORTH_BYTES = 2L << 20;

    private final LongSupplier usedBytes;
    private final Runnable collection;
    private long leftBytes;

    /** Makes one for this JVM. */
    QuietCollector() {
        this(() -> Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory(), System::gc);
    }

    /**
     * Makes one.
     *
     * @param usedBytes what is in use of the heap
     * @param collection collects garbage
     */
    QuietCollector(LongSupplier usedBytes, Runnable collection) {
        this.usedBytes = usedBytes;
        this.collection = collection;
        leftBytes = usedBytes.getAsLong();
    }

    /** Collects if it is worth it. Call while it is quiet. */
    void look() {
        long used = usedBytes.getAsLong();
        if (used < leftBytes) {
            // The JVM has collected by itself.
            leftBytes = used;
        }
        if (used - leftBytes >= WORTH_BYTES) {
            collection.run();
            leftBytes = usedBytes.getAsLong();
        }
    }
}
