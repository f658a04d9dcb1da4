package io.nbguard.core.watchdog;

import io.nbguard.api.GuardClock;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.watchdog.KillScenario.Cause;
import io.nbguard.core.event.EventSink;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Publishes decisions not to kill: each reason once, and again every ten seconds while it lasts, instead of at every one
 * of hundreds of ticks a second. Sampling thread only.
 */
final class WithheldKills {

    private static final long AGAIN_NANOS = 10_000_000_000L;

    private final EventSink events;
    private final GuardClock clock;
    private final Map<Cause, String> lastReason = new EnumMap<>(Cause.class);
    private final Map<Cause, Long> lastTold = new EnumMap<>(Cause.class);

    WithheldKills(EventSink events, GuardClock clock) {
        this.events = events;
        this.clock = clock;
    }

    /** Publishes that no execution was ended because of {@code breach}; {@code reason} is the text for people too. */
    void tell(Breach breach, long nowNanos, String reason) {
        tell(breach, nowNanos, reason, () -> reason);
    }

    /**
     * Publishes that no execution was ended because of {@code breach}.
     *
     * @param kind what makes it the same reason as before, whatever the numbers are now
     * @param reason makes the text for people
     */
    void tell(Breach breach, long nowNanos, String kind, Supplier<String> reason) {
        Cause cause = breach.cause();
        Long told = lastTold.get(cause);
        if (told != null && nowNanos - told < AGAIN_NANOS && Objects.equals(lastReason.get(cause), kind)) {
            return;
        }
        lastTold.put(cause, nowNanos);
        lastReason.put(cause, kind);
        events.publish(new GuardEvent.KillWithheld(
                clock.instant(),
                cause,
                ByteSize.ofBytes(breach.used()),
                ByteSize.ofBytes(breach.threshold()),
                reason.get()));
    }

    /** The bound is kept again: the next breach is a new one. */
    void clear(Cause cause) {
        if (!lastReason.isEmpty()) {
            lastReason.remove(cause);
            lastTold.remove(cause);
        }
    }
}
