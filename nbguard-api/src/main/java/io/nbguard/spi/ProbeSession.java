package io.nbguard.spi;

/**
 * An open probe. Called by the sampling thread only, which nobody interrupts; allocates nothing in steady state, and
 * never throws because a file has gone: the gauge is then unavailable.
 */
public interface ProbeSession extends AutoCloseable {

    /** Reads every gauge that this probe knows. */
    void sample(ContainerGauges into);

    /** Reads {@link Gauge#MEMORY_CURRENT} only, as cheaply as can be: called up to hundreds of times a second near the limit. */
    void sampleMemory(ContainerGauges into);

    /** Says for a person what is read: the kind, and where. */
    String description();

    /** Lets go of every descriptor. */
    @Override
    void close();
}
