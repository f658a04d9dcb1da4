package io.nbguard.spi.store;

import io.nbguard.api.history.UsagePoint;
import io.nbguard.api.history.UsagePoint.Figure;
import io.nbguard.api.measure.ByteSize;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One or more points of usage put together: the rule by which a store thins usage out and answers with fewer points. The mean of
 * a figure is over the readings in which it was known, its peak the highest of them; the time is from the first to the last.
 *
 * @param at when the first began
 * @param end when the last ended
 * @param readings how many readings it is of
 * @param memory bytes
 * @param cores cores
 */
public record UsageSum(Instant at, Instant end, long readings, Sum memory, Sum cores) {

    /**
     * Begins with one point.
     *
     * @param readings how many readings its means are of, 1 or more
     */
    public static UsageSum of(UsagePoint point, long readings) {
        return new UsageSum(
                point.at(),
                point.at().plus(point.span()),
                readings,
                Sum.of(readings, point.memory().map(known -> figure(known.mean(), known.peak()))),
                Sum.of(readings, point.cores()));
    }

    private static Figure<Double> figure(ByteSize mean, ByteSize peak) {
        return new Figure<>((double) mean.bytes(), (double) peak.bytes());
    }

    /** Returns both together. */
    public UsageSum and(UsageSum other) {
        return new UsageSum(
                at.isBefore(other.at) ? at : other.at,
                end.isAfter(other.end) ? end : other.end,
                readings + other.readings,
                memory.and(other.memory),
                cores.and(other.cores));
    }

    /** Returns it as one point. */
    public UsagePoint point() {
        return new UsagePoint(
                at,
                Duration.between(at, end),
                memory.figure().map(known -> new Figure<>(size(known.mean()), size(known.peak()))),
                cores.figure());
    }

    private static ByteSize size(double bytes) {
        return ByteSize.ofBytes(Math.round(bytes));
    }

    /**
     * What is known of one quantity.
     *
     * @param readings in how many readings it was known; 0 if in none
     * @param sum of these readings
     * @param peak the highest of them
     */
    public record Sum(long readings, double sum, double peak) {

        private static final Sum UNKNOWN = new Sum(0, 0, 0);

        private static Sum of(long readings, Optional<Figure<Double>> figure) {
            return figure.map(known -> new Sum(readings, finite(known.mean() * readings), known.peak()))
                    .orElse(UNKNOWN);
        }

        private Sum and(Sum other) {
            if (readings == 0 || other.readings == 0) {
                return readings == 0 ? other : this;
            }
            return new Sum(readings + other.readings, finite(sum + other.sum), Math.max(peak, other.peak));
        }

        /** No figure in JSON is infinite, whatever an engine reports. */
        private static double finite(double sum) {
            return Math.min(Double.MAX_VALUE, sum);
        }

        private Optional<Figure<Double>> figure() {
            return readings == 0 ? Optional.empty() : Optional.of(new Figure<>(sum / readings, peak));
        }
    }
}
