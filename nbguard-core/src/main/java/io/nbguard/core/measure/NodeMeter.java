package io.nbguard.core.measure;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.spi.probe.Gauge;
import io.nbguard.spi.probe.NodeGauges;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The node as one set of gauges, put together from all open probes: for each group of gauges the best probe that
 * has it. The memory gauges always come from one probe together: a use and a limit of different cgroups say nothing.
 *
 * <p>Sampling thread only; allocates nothing.
 */
public final class NodeMeter {

    private static final Gauge[] MEMORY = {
        Gauge.MEMORY_CURRENT,
        Gauge.MEMORY_LIMIT,
        Gauge.MEMORY_INACTIVE_FILE,
        Gauge.MEMORY_FILE_CACHE,
        Gauge.MEMORY_RECLAIMABLE_SLAB,
        Gauge.MEMORY_OOM_KILLS,
        Gauge.MACHINE_OOM_KILLS
    };
    private static final Gauge[] CPU = {Gauge.CPU_USAGE, Gauge.CPU_LIMIT, Gauge.CPU_THROTTLED_PERIODS};
    private static final Gauge[] MEMORY_PRESSURE = {Gauge.MEMORY_PRESSURE};
    private static final Gauge[] CPU_PRESSURE = {Gauge.CPU_PRESSURE};
    private static final String NO_PROBE = "no resource probe answers";
    private static final String CONFIGURED = "the guard's configuration";

    private final ProbeReader[] probes;
    private final boolean[] read;
    private final NodeGauges gauges = new NodeGauges();
    private final long configuredLimit;
    private int memoryProbe;
    private long heldBytes;
    private boolean judging;
    private boolean doubtful;

    NodeMeter(List<ProbeReader> probesBestFirst, Optional<ByteSize> configuredLimit) {
        probes = probesBestFirst.toArray(new ProbeReader[0]);
        read = new boolean[probes.length];
        this.configuredLimit = configuredLimit.map(ByteSize::bytes).orElse(Long.MAX_VALUE);
    }

    /**
     * Takes in what was just read of all executions: a node that holds less than half of what they surely hold together cannot
     * be.
     */
    public void treesRead(List<ExecutionMeter> meters) {
        long sum = 0;
        for (int i = 0; i < meters.size(); i++) {
            sum += meters.get(i).lowerBytes();
        }
        heldBytes = sum / 2;
    }

    /**
     * Returns whether the last reading is less than executions held when they were read. They may have ended since: read them
     * now, then {@link #settleDoubt}.
     */
    public boolean isDoubtful() {
        return doubtful;
    }

    /** Reads everything again; a probe that still says less than executions hold by now breaks its contract. */
    public void settleDoubt() {
        judging = true;
        try {
            sample();
        } finally {
            judging = false;
        }
    }

    private void doubt() {
        doubtful = !judging && !probes[memoryProbe].isOwn() && probes[memoryProbe].saysLessThan(heldBytes);
    }

    /** Returns how long answers of probes may be waited for in one reading, as things are now. */
    public long longestNanos() {
        long longest = 0;
        for (int i = 0; i < probes.length; i++) {
            longest += probes[i].longestNanos();
        }
        return longest;
    }

    /** Reads everything. */
    public void sample() {
        boolean memory = false;
        boolean cpu = false;
        boolean memoryPressure = false;
        boolean cpuPressure = false;
        gauges.clear();
        Arrays.fill(read, false);
        // A fallback probe is only read while something is still missing.
        for (int i = 0; i < probes.length && !(memory && cpu && memoryPressure && cpuPressure); i++) {
            if (!probes[i].sample(heldBytes, judging)) {
                continue;
            }
            read[i] = true;
            NodeGauges found = probes[i].gauges();
            if (!memory && hasBoundedMemory(found)) {
                memory = true;
                memoryProbe = i;
                copy(MEMORY, found);
            }
            cpu = cpu || take(CPU, found);
            memoryPressure = memoryPressure || take(MEMORY_PRESSURE, found);
            cpuPressure = cpuPressure || take(CPU_PRESSURE, found);
        }
        if (!memory) {
            takeUnboundedMemory();
        }
        applyConfiguredLimit();
        if (probes.length > 0) {
            doubt();
        }
    }

    /** Reads the memory in use only; everything else stays as the last {@link #sample()} found it. */
    public void sampleMemory() {
        if (probes.length == 0) {
            return;
        }
        if (probes[memoryProbe].sampleMemory(heldBytes, judging)) {
            gauges.copy(Gauge.MEMORY_CURRENT, probes[memoryProbe].gauges());
            doubt();
        } else {
            // Use and limit always come from one probe: the next best has both.
            sample();
        }
    }

    private boolean hasBoundedMemory(NodeGauges from) {
        return from.hasValue(Gauge.MEMORY_CURRENT)
                && (from.hasValue(Gauge.MEMORY_LIMIT) || configuredLimit != Long.MAX_VALUE);
    }

    private void takeUnboundedMemory() {
        int best = -1;
        for (int i = 0; i < probes.length; i++) {
            if (read[i] && probes[i].gauges().hasValue(Gauge.MEMORY_CURRENT)) {
                memoryProbe = i;
                copy(MEMORY, probes[i].gauges());
                return;
            }
            best = best < 0 && read[i] ? i : best;
        }
        if (best >= 0) {
            // No probe has it: the best probe's reasons are the ones worth reporting.
            memoryProbe = best;
            copy(MEMORY, probes[best].gauges());
            return;
        }
        for (Gauge gauge : MEMORY) {
            gauges.unavailable(gauge, NO_PROBE, "none");
        }
    }

    private void applyConfiguredLimit() {
        if (configuredLimit < gauges.valueOr(Gauge.MEMORY_LIMIT, Long.MAX_VALUE)) {
            gauges.set(Gauge.MEMORY_LIMIT, configuredLimit, CONFIGURED);
        }
    }

    private boolean take(Gauge[] group, NodeGauges from) {
        if (!from.hasValue(group[0])) {
            return false;
        }
        copy(group, from);
        return true;
    }

    private void copy(Gauge[] group, NodeGauges from) {
        for (Gauge gauge : group) {
            gauges.copy(gauge, from);
        }
    }

    /** Returns what was read last. */
    public NodeGauges gauges() {
        return gauges;
    }

    /** Returns whether use and limit are both known. */
    public boolean isBounded() {
        return gauges.hasValue(Gauge.MEMORY_CURRENT) && gauges.hasValue(Gauge.MEMORY_LIMIT);
    }

    /** Returns the effective limit. */
    public long limitBytes() {
        return gauges.value(Gauge.MEMORY_LIMIT);
    }

    /** Returns everything that is charged. */
    public long rawBytes() {
        return gauges.value(Gauge.MEMORY_CURRENT);
    }

    /**
     * Returns what cannot be reclaimed, as of the last {@link #sample()}. Where the cache's size cannot be read, all of
     * it counts as used: rather a notebook ended too early (and reported so) than the node lost.
     */
    public long unreclaimableBytes() {
        long reclaimable =
                gauges.valueOr(Gauge.MEMORY_FILE_CACHE, 0) + gauges.valueOr(Gauge.MEMORY_RECLAIMABLE_SLAB, 0);
        return Math.max(0, rawBytes() - reclaimable);
    }
}
