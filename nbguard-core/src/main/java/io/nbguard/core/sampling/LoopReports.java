package io.nbguard.core.sampling;

import io.nbguard.api.GuardClock;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Reading;
import io.nbguard.core.event.EventSink;
import io.nbguard.spi.probe.Gauge;
import io.nbguard.spi.probe.NodeGauges;
import java.time.Duration;

/**
 * Reports how the loop itself fares: quantities that can no longer be read, a node limit that has changed, ticks that are late.
 * A report that fails is noted, and stops nothing. Sampling thread only; allocates nothing unless there is something to report.
 */
final class LoopReports {

    private static final long LATE_NANOS = 20_000_000L;
    private static final long TELL_AGAIN_NANOS = 10_000_000_000L;

    private final EventSink events;
    private final GuardClock clock;
    private final LoopFailures failures;
    private final Degradations degradations;
    private long lastLimit = -1;
    private long lagToldNanos = Long.MIN_VALUE;

    LoopReports(EventSink events, GuardClock clock, LoopFailures failures) {
        this.events = events;
        this.clock = clock;
        this.failures = failures;
        degradations = new Degradations(events, clock);
    }

    /** Takes in a full reading of the node. */
    void nodeRead(NodeGauges gauges) {
        try {
            degradations.look(gauges);
            noteLimit(gauges);
        } catch (Throwable e) {
            failures.note(e);
        }
    }

    private void noteLimit(NodeGauges gauges) {
        long limit = gauges.valueOr(Gauge.MEMORY_LIMIT, -1);
        if (lastLimit >= 0 && limit != lastLimit) {
            String source = gauges.source(Gauge.MEMORY_LIMIT);
            Reading<ByteSize> previous = new Reading.Value<>(ByteSize.ofBytes(lastLimit), source);
            Reading<ByteSize> next = limit >= 0
                    ? new Reading.Value<>(ByteSize.ofBytes(limit), source)
                    : gauges.isUnlimited(Gauge.MEMORY_LIMIT)
                            ? new Reading.Unlimited<>(source)
                            : new Reading.Unavailable<>("see the degraded reading", source);
            events.publish(new GuardEvent.LimitChanged(clock.instant(), previous, next));
        }
        lastLimit = limit;
    }

    /** Takes in how late the tick under way began. */
    void lateness(LoopTimer timer, long nowNanos) {
        if (!timer.isLateBeyondPlan(LATE_NANOS)
                || (lagToldNanos != Long.MIN_VALUE && nowNanos - lagToldNanos < TELL_AGAIN_NANOS)) {
            return;
        }
        lagToldNanos = nowNanos;
        try {
            events.publish(new GuardEvent.LoopLagged(
                    clock.instant(), Duration.ofNanos(timer.lagNanos()), timer.missedTicks()));
        } catch (Throwable e) {
            failures.note(e);
        }
    }
}
