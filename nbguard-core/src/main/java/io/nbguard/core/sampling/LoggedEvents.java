package io.nbguard.core.sampling;

import io.nbguard.api.event.GuardEvent;
import io.nbguard.core.event.EventSink;
import org.slf4j.Logger;

/** Publishes the events of a watchdog, and logs what must be found in the log of a host that listens to nothing. */
final class LoggedEvents implements EventSink {

    private final EventSink events;
    private final Logger log;

    LoggedEvents(EventSink events, Logger log) {
        this.events = events;
        this.log = log;
    }

    @Override
    public void publish(GuardEvent event) {
        if (event instanceof GuardEvent.Terminated) {
            log.warn("{}", event.message());
        } else if (event instanceof GuardEvent.KillUnconfirmed) {
            log.error("{}", event.message());
        }
        events.publish(event);
    }
}
