package io.nbguard.core.event;

import io.nbguard.api.GuardClock;
import io.nbguard.api.Registration;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.event.GuardEvent.PluginMisbehaved.Fault;
import io.nbguard.api.event.GuardListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Carries events to listeners, to each on a thread of its own: one that throws, is slow or does not return is no concern of the
 * others. The queue of each is bounded: when a listener is too slow, new events are dropped and counted for it, and the first
 * event that it gets after the gap is {@link GuardEvent.EventsDropped}.
 *
 * <p>Publishing takes no lock, so that the sampling thread never waits here.
 */
public final class EventDispatcher implements EventSink, AutoCloseable {

    private static final long LONGEST_DELIVERY_NANOS = Duration.ofSeconds(10).toNanos();

    private final GuardClock clock;
    private final int capacity;
    private final ThreadFactory threads;
    private final CopyOnWriteArrayList<EventDelivery> deliveries = new CopyOnWriteArrayList<>();
    private volatile @Nullable PluginFaults faults;
    private volatile boolean closed;

    /**
     * Makes it, with no thread yet.
     *
     * @param capacity how many events may wait for each listener
     */
    public EventDispatcher(int capacity, GuardClock clock, ThreadFactory threads) {
        this.capacity = capacity;
        this.clock = clock;
        this.threads = threads;
    }

    /** Sets where to report listeners that throw or do not return. */
    public void tellsFaults(PluginFaults teller) {
        faults = teller;
    }

    /**
     * Adds a listener; it gets what is published from now on.
     *
     * @return ends the registration when closed; an event under way may still arrive
     */
    public Registration listen(GuardListener listener) {
        if (closed) {
            return () -> {};
        }
        EventDelivery delivery = new EventDelivery(listener, capacity, clock, this::tellThrown, threads);
        deliveries.add(delivery);
        return () -> {
            if (deliveries.remove(delivery)) {
                delivery.abandon();
            }
        };
    }

    @Override
    public void publish(GuardEvent event) {
        for (EventDelivery delivery : deliveries) {
            delivery.offer(event);
            if (delivery.isStuck(LONGEST_DELIVERY_NANOS)) {
                tellStuck(delivery);
            }
        }
    }

    private void tellThrown(EventDelivery delivery, Throwable failure) {
        tell(delivery, Fault.THREW, failure, "it threw " + failure + "; it goes on getting events, and so do others");
    }

    private void tellStuck(EventDelivery delivery) {
        tell(
                delivery,
                Fault.TOO_SLOW,
                null,
                "it has not returned from an event for more than " + LONGEST_DELIVERY_NANOS / 1_000_000_000
                        + " s; others go on getting events");
    }

    private void tell(EventDelivery delivery, Fault fault, @Nullable Throwable cause, String consequence) {
        PluginFaults teller = faults;
        // Marked first: the report is an event, which comes by here again.
        if (teller != null && delivery.isFirst(fault)) {
            teller.tell("listener", delivery.name(), fault, cause, consequence);
        }
    }

    /**
     * Delivers what waits, for at most {@code timeout}, and ends the threads. A listener that closes it is not waited for.
     */
    public void close(Duration timeout) {
        closed = true;
        List<EventDelivery> all = List.copyOf(deliveries);
        all.forEach(EventDelivery::finish);
        long end = System.nanoTime() + timeout.toNanos();
        boolean interrupted = false;
        for (EventDelivery delivery : all) {
            interrupted |= !delivery.awaitEnd(interrupted ? 0 : end - System.nanoTime());
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes with a timeout of five seconds. */
    @Override
    public void close() {
        close(Duration.ofSeconds(5));
    }
}
