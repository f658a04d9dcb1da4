package io.nbguard.spi.executor;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.CpuTime;
import io.nbguard.api.measure.Reading;
import java.time.Instant;
import java.util.Objects;

/**
 * What an engine says that an execution uses. What it does not say is unavailable, never 0.
 *
 * @param at when the engine read it: the age of the figures is reported with them
 * @param memory what the execution holds and the engine cannot reclaim
 * @param peakMemory the most that it held so far
 * @param memoryLimit where the engine ends it
 * @param cpuTime processor time since its start
 * @param cores how many cores it used lately; 1.0 is one core
 */
public record UsageReport(
        Instant at,
        Reading<ByteSize> memory,
        Reading<ByteSize> peakMemory,
        Reading<ByteSize> memoryLimit,
        Reading<CpuTime> cpuTime,
        Reading<Double> cores) {

    /** Checks that nothing is null. */
    public UsageReport {
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(memory, "memory");
        Objects.requireNonNull(peakMemory, "peakMemory");
        Objects.requireNonNull(memoryLimit, "memoryLimit");
        Objects.requireNonNull(cpuTime, "cpuTime");
        Objects.requireNonNull(cores, "cores");
    }

    /**
     * Begins a report in which nothing is known yet.
     *
     * @param source what says so, such as {@code docker stats}
     */
    public static UsageReport of(Instant at, String source) {
        Reading<ByteSize> bytes = new Reading.Unavailable<>("the engine does not report it", source);
        return new UsageReport(
                at,
                bytes,
                bytes,
                bytes,
                new Reading.Unavailable<>("the engine does not report it", source),
                new Reading.Unavailable<>("the engine does not report it", source));
    }

    /** Returns this report with what it holds. */
    public UsageReport withMemory(ByteSize held) {
        return new UsageReport(at, new Reading.Value<>(held, memory.source()), peakMemory, memoryLimit, cpuTime, cores);
    }

    /** Returns this report with the most that it held. */
    public UsageReport withPeakMemory(ByteSize most) {
        return new UsageReport(at, memory, new Reading.Value<>(most, peakMemory.source()), memoryLimit, cpuTime, cores);
    }

    /** Returns this report with its limit. */
    public UsageReport withMemoryLimit(ByteSize limit) {
        return new UsageReport(
                at, memory, peakMemory, new Reading.Value<>(limit, memoryLimit.source()), cpuTime, cores);
    }

    /** Returns this report with its processor time. */
    public UsageReport withCpuTime(CpuTime used) {
        return new UsageReport(at, memory, peakMemory, memoryLimit, new Reading.Value<>(used, cpuTime.source()), cores);
    }

    /** Returns this report with the cores it used lately. */
    public UsageReport withCores(double used) {
        return new UsageReport(at, memory, peakMemory, memoryLimit, cpuTime, new Reading.Value<>(used, cores.source()));
    }
}
