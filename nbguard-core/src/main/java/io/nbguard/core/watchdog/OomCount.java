package io.nbguard.core.watchdog;

import io.nbguard.spi.probe.Gauge;
import io.nbguard.spi.probe.NodeGauges;

/**
 * The count of processes that the kernel's OOM killer took, on the node where the kernel counts that, else anywhere on the
 * machine. Sampling thread only, but for {@link #source} and {@link #ofMachine}; allocates nothing.
 */
final class OomCount {

    private long count = -1;
    private volatile String source = "";
    private volatile boolean ofMachine;

    /** Takes in the latest reading; returns by how much the count rose. */
    long increase(NodeGauges gauges) {
        boolean machine = !gauges.hasValue(Gauge.MEMORY_OOM_KILLS);
        Gauge gauge = machine ? Gauge.MACHINE_OOM_KILLS : Gauge.MEMORY_OOM_KILLS;
        if (!gauges.hasValue(gauge)) {
            return 0;
        }
        long now = gauges.value(gauge);
        String readFrom = gauges.source(gauge);
        // Another file counts for another group: what it says is no increase.
        long more = count < 0 || !readFrom.equals(source) ? 0 : Math.max(0, now - count);
        count = now;
        source = readFrom;
        ofMachine = machine;
        return more;
    }

    /** Returns where it is read. Any thread. */
    String source() {
        return source;
    }

    /** Returns whether it counts processes of other software too. Any thread. */
    boolean ofMachine() {
        return ofMachine;
    }
}
