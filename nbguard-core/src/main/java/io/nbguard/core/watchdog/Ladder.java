package io.nbguard.core.watchdog;

import io.nbguard.api.GuardClock;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.watchdog.KillScenario;
import io.nbguard.api.watchdog.MemoryRung;
import io.nbguard.core.event.EventSink;

/**
 * Which rung a use of memory stands on, in one scope (the node, or the budget). A higher rung is taken at once. It is
 * left only when use has been 1/64 of the limit below it for three seconds, and then for the highest that was reached in
 * that time: use that trembles or swings about a rung does not make a storm of events. Sampling thread only.
 */
final class Ladder {

    private static final long DWELL_NANOS = 3_000_000_000L;

    private final KillScenario.Cause scope;
    private final MemoryThreshold warnAt;
    private final MemoryThreshold stopAdmittingAt;
    private final MemoryThreshold killAt;
    private final EventSink events;
    private final GuardClock clock;
    private MemoryRung rung = MemoryRung.NORMAL;
    private MemoryRung below = MemoryRung.NORMAL;
    private boolean isBelow;
    private long belowSinceNanos;

    Ladder(
            KillScenario.Cause scope,
            MemoryThreshold warnAt,
            MemoryThreshold stopAdmittingAt,
            MemoryThreshold killAt,
            EventSink events,
            GuardClock clock) {
        this.scope = scope;
        this.warnAt = warnAt;
        this.stopAdmittingAt = stopAdmittingAt;
        this.killAt = killAt;
        this.events = events;
        this.clock = clock;
    }

    /** Takes in a use and reports if that is another rung than before. */
    MemoryRung stand(long used, long limit) {
        MemoryRung now = next(used, limit);
        if (now != rung) {
            isBelow = false;
            MemoryRung previous = rung;
            rung = now;
            events.publish(new GuardEvent.RungChanged(
                    clock.instant(), scope, previous, now, ByteSize.ofBytes(used), ByteSize.ofBytes(limit)));
        }
        return rung;
    }

    private MemoryRung next(long used, long limit) {
        MemoryRung raised = rungOf(used, limit);
        MemoryRung kept = rungOf(used + limit / 64, limit);
        if (kept.compareTo(rung) >= 0) {
            isBelow = false;
            return raised.compareTo(rung) > 0 ? raised : rung;
        }
        long now = clock.nanoTime();
        if (!isBelow) {
            isBelow = true;
            belowSinceNanos = now;
            below = kept;
        } else if (kept.compareTo(below) > 0) {
            below = kept;
        }
        return now - belowSinceNanos >= DWELL_NANOS ? below : rung;
    }

    private MemoryRung rungOf(long used, long limit) {
        if (used >= killAt.bytesOf(limit)) {
            return MemoryRung.KILL;
        }
        if (used >= stopAdmittingAt.bytesOf(limit)) {
            return MemoryRung.STOP_ADMITTING;
        }
        return used >= warnAt.bytesOf(limit) ? MemoryRung.WARN : MemoryRung.NORMAL;
    }

    MemoryRung rung() {
        return rung;
    }

    long killBytes(long limit) {
        return killAt.bytesOf(limit);
    }
}
