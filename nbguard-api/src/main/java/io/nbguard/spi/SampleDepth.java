package io.nbguard.spi;

/** How much one sample reads of each process. */
public enum SampleDepth {
    /** Memory and processor time. */
    USAGE,
    /** Also state, threads, parent, and the processor time of ended children. */
    FULL
}
