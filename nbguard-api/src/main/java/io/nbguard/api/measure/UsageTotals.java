package io.nbguard.api.measure;

import java.util.Objects;
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

    /** Checks that nothing is null. */
    public UsageTotals {
        Objects.requireNonNull(peakMemory, "peakMemory");
        Objects.requireNonNull(cpuTime, "cpuTime");
    }

    /** Returns these figures, and the other account's where one of these is not known. */
    public UsageTotals or(UsageTotals other) {
        return new UsageTotals(peakMemory.or(other::peakMemory), cpuTime.or(other::cpuTime));
    }
}
