package io.nbguard.spi.store;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.event.EventRecord;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.history.AuditRecord;
import io.nbguard.api.history.HistoryPage;
import io.nbguard.api.history.HistoryQuery;
import io.nbguard.api.history.UsagePoint;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An open history store. {@link #maintain} is called by one thread; everything else by any, also at the
 * same time. Every method may take its time, and throws {@link IOException} when the store cannot be reached: it is called
 * again later, and shall then try to reach it anew.
 */
public interface HistorySession extends AutoCloseable {

    /** Returns what it is and where, for people, without secrets. */
    String description();

    /**
     * Writes all entries in their order, or none. Writing an execution again replaces what was there; writing a schedule
     * again merges it with what was there ({@link StoredSchedule#mergedWith}).
     *
     * @throws StoreFullException if there is no room for them. An entry that fails otherwise, again and again while others are
     *     taken, is given up in the end; for want of room none is.
     */
    void write(List<HistoryEntry> entries) throws IOException;

    /**
     * Claims fires of a schedule for one of the guards that share this store: judges the claim ({@link FireClaim#judge}) and
     * writes it, with its schedule and its executions, in one step that no other guard comes between.
     */
    FireAnswer claim(FireClaim claim) throws IOException;

    /**
     * Says that an execution that a claimed fire has started is launched next. From then on its fire is not taken over; of
     * this and {@link #takeOver} one succeeds.
     *
     * @return whether it may be launched, however often this is asked; false if its fire was taken over, or if the store does
     *     not know it as one of a claimed fire
     */
    boolean launching(ExecutionId execution) throws IOException;

    /** Returns the executions of claimed fires that were neither launched nor ended, in the order they were claimed. */
    List<FireStart> notLaunched() throws IOException;

    /**
     * Takes over a fire from a guard that is dead, in one step: ends the execution that was not launched, and writes the one
     * that takes its place.
     *
     * @return whether that was done, now or by an earlier call with the same successor; false if the execution was launched,
     *     has ended or was taken over: then nothing was written
     */
    boolean takeOver(FireTakeover takeover) throws IOException;

    /**
     * Gives an execution that has not ended from one guard to another, in one step that no other guard comes between: of several
     * that take it from the same guard, one gets it.
     *
     * @param from whose it is, as in {@link StoredExecution#guard}
     * @param to whose it becomes; nothing else of it changes
     * @return whether it is {@code to}'s, now or by an earlier call with the same {@code to}; false if it is a third guard's, has
     *     ended or is not known: then nothing was written
     */
    boolean reassign(ExecutionId execution, String from, String to) throws IOException;

    /** Thins out what has aged, and removes what is too old or too much. Called once a minute or so. */
    void maintain(Instant now) throws IOException;

    /** Returns every execution whose last stored state is not an end. */
    List<StoredExecution> unfinished() throws IOException;

    /** Returns every schedule that was not removed, in the order they were added. */
    List<StoredSchedule> schedules() throws IOException;

    /** Returns executions, the one that was submitted last first. */
    HistoryPage<ExecutionRecord> executions(HistoryQuery query) throws IOException;

    /** Returns an execution. */
    Optional<StoredExecution> execution(ExecutionId id) throws IOException;

    /**
     * Returns usage, the oldest first.
     *
     * @param id whose; empty for the node's
     * @param mostPoints how many points at most
     */
    List<UsagePoint> usage(Optional<ExecutionId> id, Instant since, Instant until, int mostPoints) throws IOException;

    /** Returns events, the latest first. */
    HistoryPage<EventRecord> events(HistoryQuery query) throws IOException;

    /** Returns the requested changes and their callers, the latest first. */
    HistoryPage<AuditRecord> audit(HistoryQuery query) throws IOException;

    /**
     * Lets go of the store. Called once, when everything is written, on a thread that is not the one that closes the guard; what does
     * not return is given up after some seconds. So it must not wait for a lock that the host may hold while it closes its guard.
     */
    @Override
    void close();
}
