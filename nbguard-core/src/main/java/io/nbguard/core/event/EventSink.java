package io.nbguard.core.event;

import io.nbguard.api.event.GuardEvent;

/** Where the parts of a guard report what happened. Returns at once and never throws; safe for use by any thread. */
@FunctionalInterface
public interface EventSink {

    /** Takes one event. */
    void publish(GuardEvent event);
}
