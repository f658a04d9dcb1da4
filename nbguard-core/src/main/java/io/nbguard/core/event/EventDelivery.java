package io.nbguard.core.event;

import io.nbguard.api.GuardClock;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.event.GuardEvent.PluginMisbehaved.Fault;
import io.nbguard.api.event.GuardListener;
import io.nbguard.core.thread.FailureLog;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Delivers events to one listener: its queue and its thread. */
final class EventDelivery {

    private static final Logger LOG = LoggerFactory.getLogger(EventDelivery.class);
    private static final FailureLog FAILURES = new FailureLog(LOG);
    private static final long AFTER_FAILURE_NANOS = 100_000_000L;

    private final GuardListener listener;
    private final int capacity;
    private final GuardClock clock;
    private final BiConsumer<EventDelivery, Throwable> failed;
    private final Queue<GuardEvent> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();
    private final AtomicLong dropped = new AtomicLong();
    private final Set<Fault> told = EnumSet.noneOf(Fault.class);
    private final Thread thread;
    private volatile boolean delivering;
    private volatile long deliveringSinceNanos;
    private volatile boolean closing;
    private volatile boolean ended;

    /**
     * Starts the thread.
     *
     * @param failed takes what the listener throws
     */
    EventDelivery(
            GuardListener listener,
            int capacity,
            GuardClock clock,
            BiConsumer<EventDelivery, Throwable> failed,
            ThreadFactory threads) {
        this.listener = listener;
        this.capacity = capacity;
        this.clock = clock;
        this.failed = failed;
        thread = threads.newThread(this::deliverAll);
        thread.setName("nbguard-events");
        thread.start();
    }

    /**
     * Returns the name for messages: a listener has no name of its own, and its toString() is the host's code, which may
     * fail.
     */
    String name() {
        return listener.getClass().getName();
    }

    /** Returns whether a fault of it is noticed for the first time. */
    boolean isFirst(Fault fault) {
        synchronized (told) {
            return told.add(fault);
        }
    }

    /** Queues an event for the listener, if there is room. */
    void offer(GuardEvent event) {
        if (ended) {
            return;
        }
        if (queued.incrementAndGet() > capacity) {
            queued.decrementAndGet();
            dropped.incrementAndGet();
            return;
        }
        if (dropped.get() > 0) {
            tellDropped();
        }
        try {
            queue.add(event);
        } catch (Throwable e) {
            // There is no heap for it: the room it has taken is free again.
            queued.decrementAndGet();
            throw e;
        }
        LockSupport.unpark(thread);
    }

    private void tellDropped() {
        long count = dropped.getAndSet(0);
        if (count > 0) {
            queued.incrementAndGet();
            queue.add(new GuardEvent.EventsDropped(clock.instant(), count));
        }
    }

    /** Returns whether it has been delivering one event for longer than that. */
    boolean isStuck(long nanos) {
        return delivering && System.nanoTime() - deliveringSinceNanos > nanos;
    }

    private void deliverAll() {
        while (!ended) {
            try {
                deliverNext();
            } catch (Throwable e) {
                // As of a full heap: the listener gets later events all the same.
                FAILURES.error("an event could not be delivered to {}; it goes on", name(), e);
                LockSupport.parkNanos(this, AFTER_FAILURE_NANOS);
            }
            // A stray interrupt, as of a listener that hung, would make every later park return at once.
            Thread.interrupted();
        }
    }

    private void deliverNext() {
        // Read before the queue: whatever was published before close() is then seen below.
        boolean last = closing;
        GuardEvent event = queue.poll();
        if (event != null) {
            queued.decrementAndGet();
            deliver(event);
        } else if (dropped.get() > 0) {
            tellDropped();
        } else if (last) {
            ended = true;
        } else {
            LockSupport.park(this);
        }
    }

    private void deliver(GuardEvent event) {
        deliveringSinceNanos = System.nanoTime();
        delivering = true;
        try {
            listener.onEvent(event);
        } catch (Throwable e) {
            // Catches Errors too: a listener that fails must not end this thread.
            failed.accept(this, e);
            LOG.debug("listener {} threw", name(), e);
        } finally {
            delivering = false;
        }
    }

    /** Delivers what is queued, then ends. */
    void finish() {
        closing = true;
        LockSupport.unpark(thread);
    }

    /** Delivers nothing more. */
    void abandon() {
        ended = true;
        LockSupport.unpark(thread);
    }

    /** Waits for its end, and interrupts it when the time is up; returns false if this thread was interrupted. */
    boolean awaitEnd(long nanos) {
        if (Thread.currentThread() == thread) {
            return true;
        }
        try {
            thread.join(Math.max(1, Duration.ofNanos(nanos).toMillis()));
            if (thread.isAlive()) {
                ended = true;
                thread.interrupt();
                thread.join(1_000);
            }
        } catch (InterruptedException e) {
            ended = true;
            thread.interrupt();
            return false;
        }
        if (thread.isAlive()) {
            LOG.warn("listener {} does not return; its thread {} is left behind", name(), thread.getName());
        }
        return true;
    }
}
