package io.nbguard.core.sampling;

import io.nbguard.api.GuardClock;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.core.event.EventSink;
import io.nbguard.spi.probe.Gauge;
import io.nbguard.spi.probe.NodeGauges;
import java.util.EnumSet;
import java.util.Set;

/**
 * Reports when a quantity can no longer be read, and when it can be again. What the watchdog needs is also reported if it could
 * not be read from the beginning; what this machine merely does not have is not. Sampling thread only.
 */
final class Degradations {

    private static final Set<Gauge> NEEDED =
            EnumSet.of(Gauge.MEMORY_CURRENT, Gauge.MEMORY_LIMIT, Gauge.MEMORY_FILE_CACHE, Gauge.CPU_USAGE);
    private static final Gauge[] ALL = Gauge.values();

    private final EventSink events;
    private final GuardClock clock;
    private final Set<Gauge> seen = EnumSet.noneOf(Gauge.class);
    private final Set<Gauge> lost = EnumSet.noneOf(Gauge.class);

    Degradations(EventSink events, GuardClock clock) {
        this.events = events;
        this.clock = clock;
    }

    void look(NodeGauges gauges) {
        for (Gauge gauge : ALL) {
            String reason = gauges.reason(gauge);
            if (reason == null) {
                seen.add(gauge);
                if (lost.remove(gauge)) {
                    events.publish(new GuardEvent.ReadingRestored(clock.instant(), gauge.title()));
                }
            } else if ((seen.contains(gauge) || NEEDED.contains(gauge)) && lost.add(gauge)) {
                events.publish(new GuardEvent.ReadingDegraded(clock.instant(), gauge.title(), reason));
            }
        }
    }
}
