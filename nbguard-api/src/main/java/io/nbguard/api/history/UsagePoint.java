package io.nbguard.api.history;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.UsageReadings;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What an execution, or the whole node, used over a short time. Old points stand for longer times: what lasts is
 * thinned out as it ages. What was not known is empty: an engine may report memory and no processor use.
 *
 * @param at when the time began
 * @param span how long it was; zero for a single reading
 * @param memory the mean of the known readings: of an execution, what it held ({@link UsageReadings#memory}); of the node,
 *     what cannot be reclaimed
 * @param peakMemory the highest known reading
 * @param cores how many cores it used in the mean of the known readings; 1.0 is one core
 * @param peakCores the highest known reading
 */
public record UsagePoint(
        Instant at,
        Duration span,
        Optional<ByteSize> memory,
        Optional<ByteSize> peakMemory,
        OptionalDouble cores,
        OptionalDouble peakCores) {

    /** Checks that nothing is null. */
    public UsagePoint {
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(span, "span");
        Objects.requireNonNull(memory, "memory");
        Objects.requireNonNull(peakMemory, "peakMemory");
        Objects.requireNonNull(cores, "cores");
        Objects.requireNonNull(peakCores, "peakCores");
    }

    /** Makes a point of a single reading of both. */
    public static UsagePoint reading(Instant at, ByteSize memory, double cores) {
        return reading(at, Optional.of(memory), OptionalDouble.of(cores));
    }

    /** Makes a point of a single reading, of which something may not be known. */
    public static UsagePoint reading(Instant at, Optional<ByteSize> memory, OptionalDouble cores) {
        return new UsagePoint(at, Duration.ZERO, memory, memory, cores, cores);
    }
}
