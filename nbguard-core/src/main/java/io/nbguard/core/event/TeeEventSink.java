package io.nbguard.core.event;

import io.nbguard.api.event.GuardEvent;

/**
 * Passes each event to two sinks.
 *
 * @param first gets each event first
 * @param second gets it next
 */
public record TeeEventSink(EventSink first, EventSink second) implements EventSink {

    @Override
    public void publish(GuardEvent event) {
        first.publish(event);
        second.publish(event);
    }
}
