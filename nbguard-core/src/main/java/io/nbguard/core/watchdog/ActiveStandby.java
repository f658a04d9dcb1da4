package io.nbguard.core.watchdog;

import io.nbguard.api.event.GuardEvent;
import io.nbguard.core.event.EventSink;

/**
 * Whether this watchdog acts or the remote one does. While this one stands by, it drops its own events: the remote watchdog
 * publishes them. Sampling thread only.
 */
final class ActiveStandby implements EventSink {

    private final RemoteWatchdog remoteWatchdog;
    private final EventSink events;
    private boolean standingBy;

    ActiveStandby(RemoteWatchdog remoteWatchdog, EventSink events) {
        this.remoteWatchdog = remoteWatchdog;
        this.events = events;
    }

    /**
     * Decides which watchdog acts.
     *
     * @param busy whether a kill of this watchdog is under way: it is completed and reported before the remote watchdog
     *     takes over
     */
    void look(boolean busy) {
        standingBy = remoteWatchdog.isActive() && (standingBy || !busy);
    }

    /** Returns whether the remote watchdog is active, and this one only measures. */
    boolean isStandingBy() {
        return standingBy;
    }

    @Override
    public void publish(GuardEvent event) {
        if (!standingBy) {
            events.publish(event);
        }
    }
}
