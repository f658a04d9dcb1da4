package io.nbguard.core.sampling;

import io.nbguard.api.GuardEvent;
import io.nbguard.core.event.EventSink;

/**
 * Whose turn it is: this watchdog's or its deputy's. What this one would tell while it stands by stays untold, because the
 * deputy tells it. Sampling thread only.
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
     * Looks whose turn it is.
     *
     * @param busy whether a kill of this watchdog is under way: it is brought to its end, and told of, before the deputy's
     *     turn
     */
    void look(boolean busy) {
        standingBy = remoteWatchdog.isOnDuty() && (standingBy || !busy);
    }

    /** Returns whether the deputy is on duty, and this watchdog only measures. */
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
