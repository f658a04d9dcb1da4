package io.nbguard.benchmarks.peer;

/**
 * Some ticks of one monitor.
 *
 * @param wallNanos how long each tick took, in nanoseconds
 * @param ownCpuNanos the processor time of the measuring thread for all of it, the pauses' sleeps and wake-ups included
 * @param elapsedNanos how long all of it took, pauses included
 * @param allocatedBytes what each tick allocated on the heap of this JVM, of those ticks around which the machine started
 *     no process; empty for monitors outside this JVM and for paced ticks
 * @param rssBytes the sum of RSS over all trees at the last tick
 * @param cpuNanos the sum of processor time over all trees at the last tick; {@link #NOT_KNOWN} if it does not measure it
 */
public record Measurement(
        long[] wallNanos, long ownCpuNanos, long elapsedNanos, long[] allocatedBytes, long rssBytes, long cpuNanos) {

    /** Stands for what a monitor cannot measure. */
    public static final long NOT_KNOWN = -1;
}
