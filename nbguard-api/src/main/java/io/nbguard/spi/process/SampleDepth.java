package io.nbguard.spi.process;

/** How much one sample reads of each process. */
public enum SampleDepth {
    /** Memory and processor time, of all members that can be found without looking at processes of others. */
    USAGE,
    /** Also state, threads, parent, and the processor time of ended children; and what housekeeping is due. */
    FULL
}
