package io.nbguard.core.sampling;

import io.nbguard.api.GuardClock;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.core.event.EventSink;
import io.nbguard.core.thread.Turn;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * What went wrong in the loop itself. It is noted without allocating anything, because what went wrong may be that there is no
 * heap left, and reported as soon as that is possible: at most once in ten seconds. Sampling thread only.
 */
final class LoopFailures {

    private static final long TELL_AGAIN_NANOS = 10_000_000_000L;

    private final Turn turn;
    private final EventSink events;
    private final GuardClock clock;
    private final Logger log;
    private @Nullable Throwable untold;
    private boolean outOfMemory;
    private long toldNanos = Long.MIN_VALUE;

    LoopFailures(Turn turn, EventSink events, GuardClock clock, Logger log) {
        this.turn = turn;
        this.events = events;
        this.clock = clock;
        this.log = log;
    }

    /**
     * Notes a failure. Allocates nothing.
     *
     * @throws Turn.TurnOver if another thread runs the loop: this one is not to go on
     */
    void note(Throwable failure) {
        turn.check();
        if (untold == null) {
            untold = failure;
        }
        outOfMemory |= failure instanceof OutOfMemoryError;
    }

    /** Returns whether the heap was exhausted since the last call. */
    boolean takeOutOfMemory() {
        boolean was = outOfMemory;
        outOfMemory = false;
        return was;
    }

    /** Reports what was noted, if that is possible now. */
    void tell(long nowNanos) {
        Throwable failure = untold;
        if (failure == null || (toldNanos != Long.MIN_VALUE && nowNanos - toldNanos < TELL_AGAIN_NANOS)) {
            return;
        }
        try {
            events.publish(new GuardEvent.ReadingDegraded(clock.instant(), "sampling loop", String.valueOf(failure)));
            log.error("a tick of the sampling loop failed; the loop goes on", failure);
            toldNanos = nowNanos;
            untold = null;
        } catch (Throwable e) {
            // Not yet.
            outOfMemory |= e instanceof OutOfMemoryError;
        }
    }
}
