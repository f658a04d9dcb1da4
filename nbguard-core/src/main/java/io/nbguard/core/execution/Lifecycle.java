package io.nbguard.core.execution;

import io.nbguard.core.thread.FailureLog;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The states of one execution: each step is a compare-and-set on one {@link LifecycleState}, and each state is published once, in
 * order, whichever threads have made them. Any thread; no method but {@link #awaitTold} waits for another one.
 */
final class Lifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);
    private static final FailureLog FAILURES = new FailureLog(LOG);
    private static final AtomicReferenceFieldUpdater<Lifecycle, LifecycleState> NOW =
            AtomicReferenceFieldUpdater.newUpdater(Lifecycle.class, LifecycleState.class, "now");

    private static final long LONGEST_TELLING_NANOS = 1_000_000_000L;
    private static final long TELLING_LOOK_NANOS = 100_000L;

    private final Consumer<LifecycleState> listener;
    private final AtomicInteger untold = new AtomicInteger();
    private volatile LifecycleState now;
    // Written by the thread that publishes.
    private volatile int toldStep;

    /**
     * Begins with a state, which is not published yet.
     *
     * @param listener receives each state, with the one before it
     */
    Lifecycle(LifecycleState first, Consumer<LifecycleState> listener) {
        now = first;
        this.listener = listener;
    }

    /** One step from a state to the next. */
    interface Step {

        /** Returns the next state, or null where there is none. */
        @Nullable LifecycleState from(LifecycleState now);
    }

    LifecycleState now() {
        return now;
    }

    /**
     * Makes a step, and publishes the new state.
     *
     * @return whether there was such a step
     */
    boolean change(Step step) {
        while (true) {
            LifecycleState before = now;
            // What was published is not needed any more: else an engine that gives another reason each second fills the
            // heap.
            LifecycleState next = step.from(before.step() <= toldStep ? before.alone() : before);
            if (next == null) {
                return false;
            }
            if (NOW.compareAndSet(this, before, next)) {
                tell();
                return true;
            }
        }
    }

    /**
     * Makes the step to the watchdog's kill, which is published later, after the signal.
     *
     * @return whether there was such a step
     */
    boolean condemn(EndCause cause, Instant at) {
        // No lambda: making the first costs a millisecond.
        while (true) {
            LifecycleState before = now;
            LifecycleState next = before.condemned(cause, at);
            if (next == null || NOW.compareAndSet(this, before, next)) {
                return next != null;
            }
        }
    }

    /**
     * Publishes the states that were not published yet: one thread does it, and one that comes meanwhile leaves its state to it.
     */
    void tell() {
        if (untold.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            tell(now);
            seen = untold.addAndGet(-seen);
        } while (seen != 0);
    }

    /** A listener that throws misses that state only: the step is made, and what made it goes on. */
    private void tell(LifecycleState until) {
        Deque<LifecycleState> inTheirOrder = new ArrayDeque<>();
        for (LifecycleState at = until; at != null && at.step() > toldStep; at = at.before()) {
            inTheirOrder.push(at);
        }
        for (LifecycleState at : inTheirOrder) {
            toldStep = at.step();
            try {
                listener.accept(at);
            } catch (Throwable e) {
                FAILURES.error("the state {} of an execution could not be published", at.state(), e);
            }
        }
    }

    /** Waits until another thread has published what it is publishing, for a second at most. */
    void awaitTold() {
        long begun = System.nanoTime();
        while (untold.get() != 0 && System.nanoTime() - begun < LONGEST_TELLING_NANOS) {
            LockSupport.parkNanos(this, TELLING_LOOK_NANOS);
        }
    }
}
