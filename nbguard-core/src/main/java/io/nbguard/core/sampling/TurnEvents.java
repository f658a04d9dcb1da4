package io.nbguard.core.sampling;

import io.nbguard.api.event.GuardEvent;
import io.nbguard.core.event.EventSink;
import io.nbguard.core.thread.Turn;

/**
 * Publishes for one turn: nothing once that is over. A failure of a sink (it has to put the event into a queue, which takes
 * some heap) is noted and does not stop the caller. Sampling thread only.
 */
final class TurnEvents implements EventSink {

    private final Turn turn;
    private final EventSink events;
    private final LoopFailures failures;

    TurnEvents(Turn turn, EventSink events, LoopFailures failures) {
        this.turn = turn;
        this.events = events;
        this.failures = failures;
    }

    @Override
    public void publish(GuardEvent event) {
        turn.check();
        try {
            events.publish(event);
        } catch (Throwable e) {
            failures.note(e);
        }
    }
}
