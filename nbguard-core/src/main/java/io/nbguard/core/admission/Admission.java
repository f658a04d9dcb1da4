package io.nbguard.core.admission;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.core.execution.GuardedExecution;
import io.nbguard.core.thread.FailureLog;
import io.nbguard.core.thread.Parking;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets executions in, first come first served, while there is a free place and memory is not short. One thread decides, so
 * that neither a caller nor the sampling thread ever starts one.
 */
final class Admission {

    private static final Logger LOG = LoggerFactory.getLogger(Admission.class);
    private static final FailureLog FAILURES = new FailureLog(LOG);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Duration BUDGET_LOOK = Duration.ofSeconds(1);

    private final int places;
    private final int queued;
    private final BooleanSupplier memoryAllows;
    private final BooleanSupplier budgetAllows;
    private final Consumer<GuardedExecution> admit;
    private final Queue<GuardedExecution> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger taken = new AtomicInteger();
    // Those that wait and those that run: one number, so that none is counted twice or not at all on its way in.
    private final AtomicInteger underWay = new AtomicInteger();
    private final Thread thread;
    private volatile boolean closed;

    /**
     * Starts the thread.
     *
     * @param places how many may run at once
     * @param queued how many may wait beyond those
     * @param memoryAllows whether this node's memory allows one more that runs here
     * @param budgetAllows whether a budget for all executions, here and elsewhere, allows one more; asked once a second while it
     *     does not, for engines report when they will
     * @param admit starts one, on the admission thread; {@link #release} must follow, some time
     */
    Admission(
            int places,
            int queued,
            BooleanSupplier memoryAllows,
            BooleanSupplier budgetAllows,
            Consumer<GuardedExecution> admit,
            ThreadFactory threads) {
        this.places = places;
        this.queued = queued;
        this.memoryAllows = memoryAllows;
        this.budgetAllows = budgetAllows;
        this.admit = admit;
        thread = threads.newThread(this::work);
        thread.setName("nbguard-admission");
        thread.start();
    }

    /**
     * Takes a place in the queue; {@link #submit} or {@link #giveUp} must follow.
     *
     * @throws GuardException (OVERLOADED) if there is none
     */
    void reserve() {
        long most = most();
        if (underWay.getAndUpdate(count -> count < most ? count + 1 : count) >= most) {
            throw full();
        }
    }

    /**
     * Looks whether there is a place in the queue.
     *
     * @throws GuardException (OVERLOADED) if there is none
     */
    void check() {
        if (underWay.get() >= most()) {
            throw full();
        }
    }

    /** Takes a place in the queue, whether there is one or not; {@link #submit} must follow. */
    void reserveAnyway() {
        underWay.incrementAndGet();
    }

    private long most() {
        return (long) places + queued;
    }

    private GuardException full() {
        return new GuardException(
                ErrorCode.OVERLOADED,
                queued + " executions wait for their turn already, as many as may (maxQueued): try again when some have"
                        + " ended, or allow more");
    }

    /** Gives back a place in the queue that nothing was put into. */
    void giveUp() {
        underWay.decrementAndGet();
    }

    /** Puts an execution at the end of the queue, into a place that was reserved. */
    void submit(GuardedExecution execution) {
        waiting.add(execution);
        reconsider();
    }

    /** Takes an execution out of the queue; returns false if it was let in already. */
    boolean withdraw(GuardedExecution execution) {
        boolean waited = waiting.remove(execution);
        if (waited) {
            underWay.decrementAndGet();
        }
        return waited;
    }

    /** Takes a place for one that runs already, whether there is a free one or not; {@link #release} must follow. */
    void occupy() {
        underWay.incrementAndGet();
        taken.incrementAndGet();
    }

    /** Gives a place back. */
    void release() {
        underWay.decrementAndGet();
        taken.decrementAndGet();
        reconsider();
    }

    /** Says that something has changed; returns at once. */
    void reconsider() {
        LockSupport.unpark(thread);
    }

    private void work() {
        while (!closed) {
            try {
                look();
            } catch (RuntimeException | Error e) {
                // Without this thread nothing would ever be started again; a full heap has room again some time.
                FAILURES.error("a look at what waits failed; the next is in {}", AFTER_FAILURE, e);
                Parking.park(this, AFTER_FAILURE.toNanos());
            }
        }
    }

    private void look() {
        GuardedExecution first = waiting.peek();
        // What an engine runs elsewhere takes no memory of this node.
        if (first == null
                || taken.get() >= places
                || (first.openExecutor().isLocal() && !memoryAllows.getAsBoolean())) {
            Parking.park(this);
        } else if (!budgetAllows.getAsBoolean()) {
            Parking.park(this, BUDGET_LOOK.toNanos());
        } else {
            GuardedExecution next = waiting.poll();
            if (next != null) {
                taken.incrementAndGet();
                letIn(next);
            }
        }
    }

    private void letIn(GuardedExecution next) {
        try {
            admit.accept(next);
        } catch (RuntimeException | Error e) {
            FAILURES.error("{} could not be started", next, e);
            next.failedToStart(e);
            release();
            next.complete();
        }
    }

    /** Ends the thread; what waits is left waiting. */
    void close() throws InterruptedException {
        closed = true;
        reconsider();
        if (Thread.currentThread() != thread) {
            thread.join(5_000);
        }
    }
}
