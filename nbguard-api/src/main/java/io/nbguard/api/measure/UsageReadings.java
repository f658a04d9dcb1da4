package io.nbguard.api.measure;

import java.util.Objects;

/**
 * What an execution uses at one moment. What is not known is unavailable with the reason, never 0.
 *
 * @param memory what it holds and cannot be reclaimed; the source says by which account: {@code charged} by the kernel to its
 *     own cgroup (less file cache and reclaimable slab), else {@code pss}, else {@code rss} (a sum that counts a shared page
 *     once per process), or the engine's
 * @param peakMemory the most that it was known to hold so far; an RSS that counts shared pages many times does not raise it
 *     where PSS can be read
 * @param cores how many cores it used over the last second or so; 1.0 is one core
 * @param cpuTime processor time since its launch, of ended processes too
 */
public record UsageReadings(
        Reading<ByteSize> memory, Reading<ByteSize> peakMemory, Reading<Double> cores, Reading<CpuTime> cpuTime) {

    /** Checks that nothing is null. */
    public UsageReadings {
        Objects.requireNonNull(memory, "memory");
        Objects.requireNonNull(peakMemory, "peakMemory");
        Objects.requireNonNull(cores, "cores");
        Objects.requireNonNull(cpuTime, "cpuTime");
    }

    /**
     * Returns readings of which none is known.
     *
     * @param reason why, in words for a person
     * @param source where they would have been read
     */
    public static UsageReadings unavailable(String reason, String source) {
        return new UsageReadings(
                Reading.unavailable(reason, source),
                Reading.unavailable(reason, source),
                Reading.unavailable(reason, source),
                Reading.unavailable(reason, source));
    }
}
