package io.nbguard.core.watchdog;

import io.nbguard.core.measure.ExecutionMeter;
import io.nbguard.core.measure.NodeMeter;
import io.nbguard.core.measure.Watched;
import io.nbguard.spi.probe.Gauge;
import java.util.List;

/** How busy executions keep the processors that there are. Sampling thread only. */
final class Processors {

    /** From this share on a dying process has to queue for its turn. */
    private static final double SHORT_SHARE = 0.5;

    private final NodeMeter node;

    Processors(NodeMeter node) {
        this.node = node;
    }

    /** Returns whether executions other than the victim use so much that the victim may lack processor time. */
    boolean areShort(List<ExecutionMeter> meters, Watched victim) {
        double used = 0;
        for (int i = 0; i < meters.size(); i++) {
            if (meters.get(i).watched() != victim) {
                used += meters.get(i).cores();
            }
        }
        return used >= SHORT_SHARE * cores();
    }

    /** Returns the cores of this machine, or the node's quota if that is less. */
    private double cores() {
        double quota = node.gauges().valueOr(Gauge.CPU_LIMIT, Long.MAX_VALUE) / 1e3;
        return Math.min(quota, Runtime.getRuntime().availableProcessors());
    }
}
