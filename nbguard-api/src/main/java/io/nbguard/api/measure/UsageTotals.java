package io.nbguard.api.measure;

import java.util.Optional;

/**
 * What an execution used from its launch on.
 *
 * @param peakMemory the most that its process tree was known to hold, as sampled: charged by the kernel to its own cgroup
 *     (without file cache), else PSS, else RSS; of an engine's execution, by the engine's account; empty where that is not known
 * @param cpuTime processor time of the whole tree; empty where that is not known
 */
public record UsageTotals(Optional<ByteSize> peakMemory, Optional<CpuTime> cpuTime) {

    /** Nothing known. */
    public static final UsageTotals UNKNOWN = new UsageTotals(Optional.empty(), Optional.empty());
}
