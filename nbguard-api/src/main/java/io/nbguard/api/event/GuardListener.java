package io.nbguard.api.event;

/**
 * Receives the events of a guard. Called on the guard's event thread, one event at a time, in order. A listener that throws is
 * logged; one that blocks delays only other listeners, and when the queue is full events are dropped and counted
 * ({@link GuardEvent.EventsDropped}).
 */
@FunctionalInterface
public interface GuardListener {

    /** Takes one event. */
    void onEvent(GuardEvent event);
}
