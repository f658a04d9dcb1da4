package io.nbguard.spi.process;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.resource.Allocation;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The processes of one execution. A process is never signalled unless it is proved to be a member at that moment: same
 * id <em>and</em> same start.
 */
public interface ProcessGroup extends AutoCloseable {

    /**
     * Starts a process as a member, so that whatever it starts is a member too. The first one is the root.
     *
     * @throws IOException if it could not be started
     */
    Process start(ProcessBuilder builder) throws IOException;

    /** Returns the first process that was started, if there was one. */
    Optional<ProcessIdentity> root();

    /** Returns the readings of the last {@link TrackerSession#sample}; the object is reused. Sampling thread only. */
    GroupUsage usage();

    /**
     * Measures what the living members hold with shared pages counted once (PSS and swapped PSS), in bytes. Dear: some
     * 4 µs per MiB of RSS, while which the measured process may stall; for settling a decision.
     *
     * @return bytes, with the RSS of members whose PSS may not be read; -1 if none may be
     */
    long measurePss();

    /**
     * Measures what the living members hold through open files without mapping it, in bytes: memory without a name
     * (memfd_create(2)) and files on tmpfs, each once. Some 50 µs per process; for settling a decision.
     *
     * @param longestNanos how long it may take; what was not looked at by then is left out
     * @return bytes; 0 where the kernel's account of the group has it already, or it cannot be read here
     */
    default long measureUnmapped(long longestNanos) {
        return 0;
    }

    /**
     * Sends SIGKILL to every living member that it finds, the root last, without waiting.
     *
     * @return how many living members it found; 0 means that nothing is left
     */
    int kill();

    /**
     * Kills, searches again and kills again until no member is left.
     *
     * @param rootGrace how long the root may outlive the others, to reap them and to report
     * @param timeout how long to try; a process in uninterruptible sleep cannot die sooner
     * @return whether nothing is left
     * @throws InterruptedException if this thread is interrupted; what was found is signalled already
     */
    boolean killAndConfirm(Duration rootGrace, Duration timeout) throws InterruptedException;

    /**
     * Stops every member where it stands, without its noticing, and keeps it so until {@link #thaw} is called with the same
     * reason: the group is frozen while there is a hold of any reason. There is one hold for each reason, so a second call
     * changes nothing. Members that join later are frozen too. Killing what is frozen works as ever; a request to end
     * has no effect before all holds are released. Any thread.
     *
     * <p>A hold belongs to this object: it ends with {@link #close}, and with this process, which may leave the members
     * frozen; {@link #applyHolds} of another object for the same processes lets them go on.
     *
     * @return whether there is a hold of this reason now; false where members cannot be frozen
     */
    default boolean freeze(FreezeReason why) {
        return false;
    }

    /** Releases the hold of a reason; members go on if it was the last. Harmless if there is no such hold. Any thread. */
    default void thaw(FreezeReason why) {}

    /** Returns the reasons of all holds; empty if it is not frozen through this object. Any thread. */
    default Set<FreezeReason> frozenBy() {
        return Set.of();
    }

    /**
     * Makes the state of every member agree with the holds of this object, whatever has stopped or continued it: without a
     * hold all go on; with one all are frozen, and go on when the last is released. For when another process that had frozen
     * members has died, and for when a member was stopped from outside. Any thread.
     */
    default void applyHolds() {}

    /**
     * Returns how many of its processes the kernel's OOM killer has taken so far; empty where the kernel keeps no account
     * of that for the group alone. Any thread, also after the last member's end, until {@link #close}.
     */
    default OptionalLong kernelOomKills() {
        return OptionalLong.empty();
    }

    /**
     * Says for a person which bound made the kernel's OOM killer take processes of this group, such as {@code its own limit
     * of 528.0 MiB}; empty if it took none, or if that is not known. Any thread, until {@link #close}.
     */
    default Optional<String> kernelOomBound() {
        return Optional.empty();
    }

    /**
     * Changes what the group may use while its processes run; takes the place of all that it was given before. Either all of it
     * holds when this returns, or nothing has changed. Any thread.
     *
     * @throws GuardException (UNSUPPORTED) if there is a limit that {@link TrackerSession#enforcement} does not have, or limits
     *     cannot be changed here; (ENVIRONMENT) if the kernel refuses: the message says why
     */
    default void update(Allocation allocation) {
        throw new GuardException(
                ErrorCode.UNSUPPORTED,
                "this process tracker cannot change the limits of an execution that runs: stop it and start it with ("
                        + allocation.limits() + ")");
    }

    /** Searches for living members now (zombies do not count). */
    boolean isEmpty();

    /** Forgets the group; kills nothing. */
    @Override
    void close();
}
