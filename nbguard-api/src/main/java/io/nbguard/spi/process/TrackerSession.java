package io.nbguard.spi.process;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardException;
import io.nbguard.api.resource.Allocation;
import io.nbguard.api.resource.Enforcement;
import io.nbguard.api.resource.Resource;
import io.nbguard.api.watchdog.SafetyTier;
import io.nbguard.spi.UnavailableException;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;

/** An open tracker with its groups. {@link #sample} is called by the sampling thread only; the rest by any thread. */
public interface TrackerSession extends AutoCloseable {

    /**
     * Makes an empty group.
     *
     * @param allocation what the execution was given; a tracker that lets the kernel enforce the memory limit does so as the
     *     last resort, a little beyond the point at which the watchdog acts
     * @throws GuardException (ENVIRONMENT) if it cannot be made: the message says why and what to do; (UNSUPPORTED) if there
     *     is a limit that {@link #enforcement} does not have
     */
    ProcessGroup create(ExecutionId id, Allocation allocation);

    /**
     * Returns how limits on the groups that it makes are enforced; a resource that is not there is not limited. Any thread.
     */
    default Map<Resource, Enforcement> enforcement() {
        return Map.of();
    }

    /**
     * Refuses limits that no group of this session can have, before anything is queued. Any thread.
     *
     * @throws GuardException (UNSUPPORTED) if there is a limit that {@link #enforcement} does not have; (INVALID_REQUEST) if a limit
     *     names what this node does not have, such as a CPU: names both
     */
    default void check(Allocation allocation) {
        LimitSupport.require(allocation, enforcement().keySet(), "this tracker");
    }

    /** Returns what protects the node from a notebook in a group of this session. Any thread. */
    default SafetyTier tier() {
        return SafetyTier.READ_ONLY;
    }

    /**
     * Returns the most that the kernel lets all groups hold together, in bytes, as of the last {@link #sample}; empty where
     * it enforces no such bound. Any thread.
     */
    default OptionalLong enclosureBytes() {
        return OptionalLong.empty();
    }

    /**
     * Asks the kernel to run the calling thread before others, where that is permitted: called once by the thread that keeps
     * the node from running out of memory.
     *
     * @return what came of it, for a person, such as {@code nice -10}
     */
    default String hasten() {
        return "no priority asked for";
    }

    /**
     * Goes through what {@link ProcessGroup#kill} does, and ends no process: called some hundred times by the sampling thread
     * while that has nothing to do, so that the first kill is not the first time that its code runs. Takes well under a
     * millisecond.
     */
    default void warmUp() {}

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

    /**
     * Lets go of all groups and descriptors. Kills nothing. Called on a thread of its own and waited for as {@link
     * io.nbguard.spi.executor.ExecutorSession#close} is.
     */
    @Override
    void close();
}
