package io.nbguard.api.history;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.UsageReadings;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What an execution, or the whole node, used over a short time. Old points stand for longer times: what lasts is
 * thinned out as it ages. What was not known is empty: an engine may report memory and no processor use.
 *
 * @param at when the time began
 * @param span how long it was; zero for a single reading
 * @param memory of an execution, what it held ({@link UsageReadings#memory}); of the node, what cannot be reclaimed
 * @param cores how many cores it used; 1.0 is one core
 */
public record UsagePoint(Instant at, Duration span, Optional<Figure<ByteSize>> memory, Optional<Figure<Double>> cores) {

    /** Checks that nothing is null. */
    public UsagePoint {
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(span, "span");
        Objects.requireNonNull(memory, "memory");
        Objects.requireNonNull(cores, "cores");
    }

    /**
     * What is known of one quantity over the time of a point.
     *
     * @param mean the mean of the known readings
     * @param peak the highest known reading
     */
    public record Figure<T>(T mean, T peak) {

        /** Checks that nothing is null. */
        public Figure {
            Objects.requireNonNull(mean, "mean");
            Objects.requireNonNull(peak, "peak");
        }

        /** Makes the figure of a single reading. */
        public static <T> Figure<T> of(T reading) {
            return new Figure<>(reading, reading);
        }
    }

    /** Makes a point of a single reading of both. */
    public static UsagePoint reading(Instant at, ByteSize memory, double cores) {
        return reading(at, Optional.of(memory), Optional.of(cores));
    }

    /** Makes a point of a single reading, of which something may not be known. */
    public static UsagePoint reading(Instant at, Optional<ByteSize> memory, Optional<Double> cores) {
        return new UsagePoint(at, Duration.ZERO, memory.map(Figure::of), cores.map(Figure::of));
    }
}
