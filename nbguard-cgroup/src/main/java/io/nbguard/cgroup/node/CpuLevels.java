package io.nbguard.cgroup.node;

import io.nbguard.spi.probe.Gauge;
import io.nbguard.spi.probe.NodeGauges;
import java.io.Closeable;
import java.util.List;

/**
 * The CPU of our cgroup and those above it: the lowest quota counts, with the use of the same group; without any, our
 * own group is reported. Use and throttling jump when another level becomes the lowest: their source then changes too.
 */
final class CpuLevels implements Closeable {

    private final CpuLevel[] levels;

    /**
     * Watches some cgroups.
     *
     * @param ownFirst our own, then its parents
     */
    CpuLevels(List<CpuLevel> ownFirst) {
        levels = ownFirst.toArray(new CpuLevel[0]);
    }

    /** Fills the gauges of the CPU. */
    void sample(NodeGauges into) {
        CpuLevel lowest = null;
        CpuLevel unreadable = null;
        for (CpuLevel level : levels) {
            level.refresh();
            if (!level.quotaKnown()) {
                unreadable = unreadable == null ? level : unreadable;
            } else if (level.limited() && (lowest == null || level.milliCores() < lowest.milliCores())) {
                lowest = level;
            }
        }
        CpuLevel reported = lowest == null ? levels[0] : lowest;
        if (lowest != null) {
            into.set(Gauge.CPU_LIMIT, lowest.milliCores(), lowest.quotaFile().source());
        } else if (unreadable != null) {
            unreadable.quotaFile().reportUnreadable(Gauge.CPU_LIMIT, into);
        } else {
            into.unlimited(Gauge.CPU_LIMIT, reported.quotaFile().source());
        }
        reported.sample(into);
    }

    @Override
    public void close() {
        for (CpuLevel level : levels) {
            level.close();
        }
    }
}
