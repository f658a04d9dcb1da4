package io.nbguard.api;

import io.nbguard.api.measure.ByteSize;
import java.time.Duration;
import java.time.Instant;

/**
 * What an execution, or the whole node, used over a short time. Old points stand for longer times: what lasts is
 * thinned out as it ages.
 *
 * @param at when the time began
 * @param span how long it was; zero for a single reading
 * @param memory the mean: of an execution, what it held ({@link ExecutionSnapshot#memory}); of the node, what cannot be reclaimed
 * @param peakMemory the highest reading
 * @param cores how many cores it used in the mean; 1.0 is one core
 * @param peakCores the highest reading
 */
public record UsagePoint(
        Instant at, Duration span, ByteSize memory, ByteSize peakMemory, double cores, double peakCores) {

    /** Makes a point of a single reading. */
    public static UsagePoint reading(Instant at, ByteSize memory, double cores) {
        return new UsagePoint(at, Duration.ZERO, memory, memory, cores, cores);
    }
}
