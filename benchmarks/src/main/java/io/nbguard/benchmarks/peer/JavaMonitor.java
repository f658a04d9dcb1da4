package io.nbguard.benchmarks.peer;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/** A monitor inside this JVM: times ticks of the calling thread and counts what they allocate. */
abstract class JavaMonitor implements Monitor {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final long[] NOT_COUNTED = {};

    private final Quiet quiet = new Quiet();

    /** Measures all trees once. */
    abstract void tick();

    /** Returns the sum of RSS over all trees, as of the last tick. */
    abstract long rssBytes();

    /** Returns the sum of processor time over all trees, as of the last tick. */
    abstract long cpuNanos();

    @Override
    public final Measurement run(int ticks, Duration pauseBefore) {
        long[] walls = new long[ticks];
        long pause = pauseBefore.toNanos();
        long cpuBefore = THREADS.getCurrentThreadCpuTime();
        long begin = System.nanoTime();
        long[] allocated = pause > 0 ? runPaced(walls, pause) : runBackToBack(walls);
        long elapsed = System.nanoTime() - begin;
        long cpu = THREADS.getCurrentThreadCpuTime() - cpuBefore;
        return new Measurement(walls, cpu, elapsed, allocated, rssBytes(), cpuNanos());
    }

    private long[] runBackToBack(long[] walls) {
        long[] allocated = new long[walls.length];
        int steady = 0;
        for (int i = 0; i < walls.length; i++) {
            long allocatedBefore = THREADS.getCurrentThreadAllocatedBytes();
            long before = System.nanoTime();
            tick();
            walls[i] = System.nanoTime() - before;
            long allocatedNow = THREADS.getCurrentThreadAllocatedBytes();
            if (quiet.sinceTheLastTwoCalls()) {
                allocated[steady++] = allocatedNow - allocatedBefore;
            }
        }
        return Arrays.copyOf(allocated, steady);
    }

    /** Nothing but ticks and pauses, as the processor time of all of it is counted. */
    private long[] runPaced(long[] walls, long pause) {
        for (int i = 0; i < walls.length; i++) {
            sleep(pause);
            long before = System.nanoTime();
            tick();
            walls[i] = System.nanoTime() - before;
        }
        return NOT_COUNTED;
    }

    private static void sleep(long nanos) {
        long end = System.nanoTime() + nanos;
        long left = nanos;
        // Parking may end early for no reason.
        while (left > 0) {
            LockSupport.parkNanos(left);
            left = end - System.nanoTime();
        }
    }

    @Override
    public void close() {
        quiet.close();
    }
}
