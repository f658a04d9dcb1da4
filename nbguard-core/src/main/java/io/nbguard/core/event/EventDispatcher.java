package io.nbguard.core.event;

import io.nbguard.api.GuardEvent;
import io.nbguard.api.GuardListener;
import io.nbguard.core.GuardClock;
import io.nbguard.core.Registration;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries events to listeners on one thread of its own. The queue is bounded: when listeners are too slow, new events are
 * dropped and counted, and the first thing listeners hear after the gap is {@link GuardEvent.EventsDropped}.
 *
 * <p>Publishing takes no lock, so that the sampling thread never waits for anybody here.
 */
public final class EventDispatcher implements EventSink, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EventDispatcher.class);

    private final GuardClock clock;
    private final int capacity;
    private final Queue<GuardEvent> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();
    private final AtomicLong dropped = new AtomicLong();
    private final CopyOnWriteArrayList<Hearer> hearers = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile boolean closing;
    private volatile boolean ended;

    /**
     * Starts the thread.
     *
     * @param capacity how many events may wait
     */
    public EventDispatcher(int capacity, GuardClock clock, ThreadFactory threads) {
        this.capacity = capacity;
        this.clock = clock;
        thread = threads.newThread(this::deliverAll);
        thread.setName("nbguard-events");
        thread.start();
    }

    /**
     * Adds a listener; it hears what is published from now on.
     *
     * @return ends the registration when closed; an event under way may still arrive
     */
    public Registration listen(GuardListener listener) {
        Hearer hearer = new Hearer(listener);
        hearers.add(hearer);
        return () -> hearers.remove(hearer);
    }

    @Override
    public void publish(GuardEvent event) {
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
        queue.add(event);
        LockSupport.unpark(thread);
    }

    private void tellDropped() {
        long count = dropped.getAndSet(0);
        if (count > 0) {
            queued.incrementAndGet();
            queue.add(new GuardEvent.EventsDropped(clock.instant(), count));
        }
    }

    private void deliverAll() {
        while (!ended) {
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
                // A stray interrupt would make every later park return at once.
                Thread.interrupted();
            }
        }
    }

    private void deliver(GuardEvent event) {
        for (Hearer hearer : hearers) {
            hearer.deliver(event);
            // An interrupt was meant for a listener that hung at closing time; it must not reach the next one.
            Thread.interrupted();
        }
    }

    /**
     * Delivers what waits, for at most {@code patience}, and ends the thread. Called by a listener, it returns at once.
     */
    public void close(Duration patience) {
        closing = true;
        LockSupport.unpark(thread);
        if (Thread.currentThread() == thread) {
            return;
        }
        boolean interrupted = false;
        try {
            thread.join(Math.max(1, patience.toMillis()));
            if (thread.isAlive()) {
                abandon();
                thread.join(1_000);
            }
        } catch (InterruptedException e) {
            interrupted = true;
            abandon();
        }
        if (thread.isAlive() && !interrupted) {
            LOG.warn("an event listener does not return; its thread {} is left behind", thread.getName());
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void abandon() {
        ended = true;
        thread.interrupt();
    }

    /** Closes with a patience of five seconds. */
    @Override
    public void close() {
        close(Duration.ofSeconds(5));
    }

    /** A listener with the memory of whether it was complained about. */
    private static final class Hearer {

        private final GuardListener listener;
        private long failures;

        Hearer(GuardListener listener) {
            this.listener = listener;
        }

        void deliver(GuardEvent event) {
            try {
                listener.onEvent(event);
            } catch (Throwable e) {
                // A listener is a stranger's code: not even its Errors may end this thread.
                failures++;
                if (failures == 1) {
                    LOG.warn("listener {} threw at {}; further failures are logged at debug level", listener, event, e);
                } else {
                    LOG.debug("listener {} threw for the {}th time, at {}", listener, failures, event, e);
                }
            }
        }
    }
}
