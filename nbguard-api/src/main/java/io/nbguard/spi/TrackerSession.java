package io.nbguard.spi;

import io.nbguard.api.ExecutionId;
import java.time.Instant;

/** An open tracker with its groups. {@link #sample} is called by the sampling thread only; the rest by any thread. */
public interface TrackerSession extends AutoCloseable {

    /** Makes an empty group. */
    ProcessGroup create(ExecutionId id);

    /**
     * Makes a group around processes that are already running, by the root of their tree: to watch what another guard runs.
     *
     * @throws UnavailableException if there is no such process (any more), or it may not be read
     */
    ProcessGroup attach(ExecutionId id, ProcessIdentity root) throws UnavailableException;

    /**
     * Finds new members of all groups and reads the usage of every member into {@link ProcessGroup#usage()}. Allocates
     * nothing when nothing was started since the last call, and costs nothing for processes of others.
     *
     * @param depth what to read
     */
    void sample(SampleDepth depth);

    /** Returns when a process began that has {@link ProcessIdentity#startTicks()} of {@code startTicks}. Any thread. */
    Instant startTime(long startTicks);

    /** Says for a person how processes are tracked, and what that cannot do. */
    String description();

    /** Lets go of all groups and descriptors. Kills nothing. */
    @Override
    void close();
}
