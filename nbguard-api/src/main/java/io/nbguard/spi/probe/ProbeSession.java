package io.nbguard.spi.probe;

/**
 * An open probe. Called by one thread at a time, which is interrupted only when the guard is closed while it does not return;
 * allocates nothing in steady state, takes microseconds, and never throws because a file has gone: the gauge is then
 * unavailable.
 *
 * <p>A probe that is not nbguard's own has a thread of its own, and is waited for, 50 ms at most. One that throws, is late three
 * times in a row or for a second, or says what cannot be (a negative number, less memory in use than executions are seen to
 * hold, nothing about why a gauge cannot be read) is done without for a second, then for longer; the next best is read
 * meanwhile. That is reported by a {@link io.nbguard.api.event.GuardEvent.PluginMisbehaved}, and by a {@link
 * io.nbguard.api.event.GuardEvent.ReadingRestored} when it is back.
 */
public interface ProbeSession extends AutoCloseable {

    /** Reads every gauge that this probe knows. */
    void sample(NodeGauges into);

    /** Reads {@link Gauge#MEMORY_CURRENT} only, as cheaply as can be: called up to hundreds of times a second near the limit. */
    void sampleMemory(NodeGauges into);

    /** Says for a person what is read: the kind, and where. */
    String description();

    /**
     * Lets go of every descriptor. Called on a thread of its own and waited for as {@link
     * io.nbguard.spi.executor.ExecutorSession#close} is.
     */
    @Override
    void close();
}
