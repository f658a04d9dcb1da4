package io.nbguard.benchmarks;

import io.nbguard.benchmarks.peer.Measurement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/** What was measured of one contestant under one condition, over all rounds. */
final class Tally {

    private static final double NANOS_PER_MICRO = 1000;

    private final List<Measurement> measurements = new ArrayList<>();

    void add(Measurement measurement) {
        measurements.add(measurement);
    }

    /** Returns how many ticks were measured. */
    int ticks() {
        return measurements.stream().mapToInt(m -> m.wallNanos().length).sum();
    }

    /** Returns the duration that {@code percent} of the ticks did not exceed, in microseconds. */
    double micros(int percent) {
        long[] sorted = measurements.stream()
                .flatMapToLong(m -> Arrays.stream(m.wallNanos()))
                .sorted()
                .toArray();
        if (sorted.length == 0) {
            throw new IllegalStateException("nothing was measured");
        }
        return sorted[(int) Math.round((sorted.length - 1) * percent / 100.0)] / NANOS_PER_MICRO;
    }

    /** Returns the median tick, in microseconds. */
    double medianMicros() {
        return micros(50);
    }

    /** Returns the measuring thread's processor time per tick, wake-ups included, in microseconds. */
    double cpuMicrosPerTick() {
        return measurements.stream().mapToLong(Measurement::ownCpuNanos).sum() / NANOS_PER_MICRO / ticks();
    }

    /** Returns the part of one core that the measuring thread used, 0 to 1. */
    double shareOfCore() {
        return (double) measurements.stream()
                        .mapToLong(Measurement::ownCpuNanos)
                        .sum()
                / measurements.stream().mapToLong(Measurement::elapsedNanos).sum();
    }

    /** Returns the bytes allocated by the median of the steady ticks; empty if there were none, or it is not of this JVM. */
    OptionalLong allocatedBytesPerTick() {
        long[] sorted = measurements.stream()
                .flatMapToLong(m -> Arrays.stream(m.allocatedBytes()))
                .sorted()
                .toArray();
        return sorted.length == 0 ? OptionalLong.empty() : OptionalLong.of(sorted[sorted.length / 2]);
    }

    /** Returns the last measurement. */
    Measurement last() {
        return measurements.get(measurements.size() - 1);
    }
}
