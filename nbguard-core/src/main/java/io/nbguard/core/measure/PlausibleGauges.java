package io.nbguard.core.measure;

import io.nbguard.spi.probe.Gauge;
import io.nbguard.spi.probe.NodeGauges;
import org.jspecify.annotations.Nullable;

/**
 * Finds readings that are impossible; a wrong reading that is plausible goes undetected. Allocates nothing unless it finds
 * one.
 */
final class PlausibleGauges {

    /** An exbibyte: no machine has as much, and a probe must report a missing limit as unlimited. */
    private static final long MOST_BYTES = 1L << 60;

    private static final Gauge[] ALL = Gauge.values();

    private PlausibleGauges() {}

    /**
     * Looks at all gauges.
     *
     * @param heldBytes what executions are known to hold at least
     * @return what cannot be, for people; null if there is nothing
     */
    static @Nullable String contradiction(NodeGauges gauges, long heldBytes) {
        for (Gauge gauge : ALL) {
            String found = contradiction(gauges, gauge, heldBytes);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** Looks at one gauge. */
    static @Nullable String contradiction(NodeGauges gauges, Gauge gauge, long heldBytes) {
        if (!gauges.hasValue(gauge)) {
            return gauges.isUnlimited(gauge) || gauges.reason(gauge) != null
                    ? null
                    : "gave no reason why " + gauge.title() + " cannot be read";
        }
        long value = gauges.value(gauge);
        if (gauges.source(gauge) == null) {
            return "did not say where it read " + gauge.title();
        }
        if (value < 0) {
            return "said that " + gauge.title() + " is " + value;
        }
        if (gauge == Gauge.MEMORY_LIMIT && value == 0) {
            return "said that " + gauge.title() + " is 0";
        }
        if ((gauge == Gauge.MEMORY_LIMIT || gauge == Gauge.MEMORY_CURRENT) && value > MOST_BYTES) {
            return "said that " + gauge.title() + " is " + value + " bytes";
        }
        if (gauge == Gauge.MEMORY_CURRENT && value < heldBytes) {
            return "said that " + gauge.title() + " is " + value + " bytes, while executions hold more than "
                    + heldBytes;
        }
        return null;
    }
}
