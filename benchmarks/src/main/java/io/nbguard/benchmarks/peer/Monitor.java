package io.nbguard.benchmarks.peer;

import java.time.Duration;

/** One way of measuring memory and processor time of all trees. For one thread. */
public interface Monitor extends AutoCloseable {

    /** Measures all trees {@code ticks} times and times each, pausing before each one. */
    Measurement run(int ticks, Duration pauseBefore);

    /** Lets go of processes and descriptors. */
    @Override
    void close();
}
