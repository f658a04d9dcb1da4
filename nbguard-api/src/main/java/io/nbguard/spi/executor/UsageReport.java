package io.nbguard.spi.executor;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.CpuTime;
import io.nbguard.api.measure.Reading;
import io.nbguard.api.measure.UsageReadings;
import java.time.Instant;
import java.util.Objects;

/**
 * What an engine says that an execution uses. What it does not say is unavailable, never 0.
 *
 * @param at when the engine read it: the age of the figures is reported with them
 * @param usage what the execution uses, by the engine's account
 * @param memoryLimit where the engine ends it
 */
public record UsageReport(Instant at, UsageReadings usage, Reading<ByteSize> memoryLimit) {

    /** Checks that nothing is null. */
    public UsageReport {
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(usage, "usage");
        Objects.requireNonNull(memoryLimit, "memoryLimit");
    }

    /**
     * Begins a report in which nothing is known yet.
     *
     * @param at when the engine read it
     * @param source what says so, such as {@code docker stats}
     */
    public static Builder at(Instant at, String source) {
        return new Builder(at, source);
    }

    /** Makes a {@link UsageReport}: what is not set is unavailable. Not safe for use by many threads. */
    public static final class Builder {

        private final Instant at;
        private final String source;
        private Reading<ByteSize> memory;
        private Reading<ByteSize> peakMemory;
        private Reading<ByteSize> memoryLimit;
        private Reading<Double> cores;
        private Reading<CpuTime> cpuTime;

        private Builder(Instant at, String source) {
            this.at = at;
            this.source = source;
            memory = unknown();
            peakMemory = unknown();
            memoryLimit = unknown();
            cores = unknown();
            cpuTime = unknown();
        }

        private <T> Reading<T> unknown() {
            return Reading.unavailable("the engine does not report it", source);
        }

        /** Sets what it holds and the engine cannot reclaim. */
        public Builder memory(ByteSize held) {
            memory = Reading.of(held, source);
            return this;
        }

        /** Sets the most that it held so far. */
        public Builder peakMemory(ByteSize most) {
            peakMemory = Reading.of(most, source);
            return this;
        }

        /** Sets where the engine ends it. */
        public Builder memoryLimit(ByteSize limit) {
            memoryLimit = Reading.of(limit, source);
            return this;
        }

        /** Sets how many cores it used lately; 1.0 is one core. */
        public Builder cores(double used) {
            cores = Reading.of(used, source);
            return this;
        }

        /** Sets its processor time since its start. */
        public Builder cpuTime(CpuTime used) {
            cpuTime = Reading.of(used, source);
            return this;
        }

        /** Returns the report. */
        public UsageReport build() {
            return new UsageReport(at, new UsageReadings(memory, peakMemory, cores, cpuTime), memoryLimit);
        }
    }
}
