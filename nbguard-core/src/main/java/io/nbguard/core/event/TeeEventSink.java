package io.nbguard.core.event;

import io.nbguard.api.GuardEvent;

/**
 * Tells two.
 *
 * @param first hears first
 * @param second hears then
 */
public record TeeEventSink(EventSink first, EventSink second) implements EventSink {

    @Override
    public void publish(GuardEvent event) {
        first.publish(event);
        second.publish(event);
    }
}
