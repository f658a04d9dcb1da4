package io.nbguard.core.measure;

import io.nbguard.spi.probe.NodeGauges;
import org.jspecify.annotations.Nullable;

/** Calls a probe such that its failure or delay stays its own. Sampling thread only; throws nothing, allocates nothing. */
interface ProbeCalls {

    /** How a call went. */
    enum Outcome {
        /** It returned. */
        DONE,
        /** It threw. */
        THREW,
        /** It did not return in time. */
        LATE,
        /** It was not called, because it has not returned from an earlier call. */
        HELD
    }

    /**
     * Calls it.
     *
     * @param everything whether all gauges are to be read, and not only the memory in use
     */
    Outcome read(boolean everything);

    /** Returns how long a call is waited for; 0 where it is made on the calling thread. */
    long longestNanos();

    /** Returns what it has filled in; to be looked at after {@link Outcome#DONE} only. */
    NodeGauges gauges();

    /** Returns what it threw, after {@link Outcome#THREW}. */
    @Nullable Throwable failure();
}
