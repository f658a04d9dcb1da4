package io.nbguard.api.snapshot;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.CpuTime;
import io.nbguard.api.measure.Reading;

/**
 * The node: the Linux container, VM or host that nbguard shares with its notebooks.
 *
 * <p>Three numbers describe memory use, and each answers another question: {@code memoryRaw} is what the kernel charges
 * ({@code memory.current}); {@code memoryWorkingSet} is what {@code docker stats} shows (raw − inactive file cache);
 * {@code memoryUnreclaimable} is what the watchdog compares with its threshold (raw − file cache), because the
 * cache, dirty pages too, is given back before anything is killed. Use and limit are always of the same cgroup.
 *
 * @param memoryRaw everything charged
 * @param memoryWorkingSet raw − inactive file cache
 * @param memoryUnreclaimable raw − file cache − reclaimable slab
 * @param memoryLimit the effective limit: the lowest up the tree and the configured one
 * @param cpuTime processor time since the cgroup was made
 * @param cores how many cores were busy over the last second or so; 1.0 is one core
 * @param coresLimit the CPU quota in cores; {@link Reading.Unlimited} without one
 * @param cpuThrottledPeriods how many quota periods were throttled so far
 * @param memoryPressure share of the last 10 s in which some task waited for memory, 0–1 (PSI {@code some avg10})
 * @param cpuPressure share of the last 10 s in which some task waited for a CPU, 0–1
 * @param oomKills how many processes the kernel's OOM killer has taken here so far
 */
public record NodeSnapshot(
        Reading<ByteSize> memoryRaw,
        Reading<ByteSize> memoryWorkingSet,
        Reading<ByteSize> memoryUnreclaimable,
        Reading<ByteSize> memoryLimit,
        Reading<CpuTime> cpuTime,
        Reading<Double> cores,
        Reading<Double> coresLimit,
        Reading<Long> cpuThrottledPeriods,
        Reading<Double> memoryPressure,
        Reading<Double> cpuPressure,
        Reading<Long> oomKills) {

    /** Returns CPU use in percent of one core, as {@code top} and {@code docker stats} show it: 250 is two and a half cores. */
    public Reading<Double> cpuPercentOfOneCore() {
        return cores.map(busy -> busy * 100);
    }

    /** Returns CPU use in percent of the quota: 100 is all that is allowed. Unlimited without a quota. */
    public Reading<Double> cpuPercentOfQuota() {
        if (cores instanceof Reading.Value<Double> busy) {
            return coresLimit.map(quota -> busy.get() / quota * 100);
        }
        return cores;
    }
}
