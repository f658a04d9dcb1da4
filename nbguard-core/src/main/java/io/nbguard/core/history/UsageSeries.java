package io.nbguard.core.history;

import io.nbguard.api.history.UsagePoint;
import io.nbguard.api.measure.ByteSize;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Usage over time in bounded space: when it is full, neighbours in its older half are put together, so that what is long
 * ago is kept less finely, and what is recent as it was read. Not safe for use by many threads.
 */
final class UsageSeries {

    private final int capacity;
    private List<Stretch> oldestFirst = new ArrayList<>();

    /**
     * Makes an empty one.
     *
     * @param capacity how many points at most, 4 or more
     */
    UsageSeries(int capacity) {
        this.capacity = capacity;
    }

    void add(UsagePoint point) {
        oldestFirst.add(Stretch.of(point));
        if (oldestFirst.size() > capacity) {
            thinOut();
        }
    }

    private void thinOut() {
        int olderHalf = oldestFirst.size() / 4 * 2;
        List<Stretch> thinner = new ArrayList<>(capacity + 1);
        for (int i = 0; i < olderHalf; i += 2) {
            thinner.add(oldestFirst.get(i).and(oldestFirst.get(i + 1)));
        }
        thinner.addAll(oldestFirst.subList(olderHalf, oldestFirst.size()));
        oldestFirst = thinner;
    }

    /**
     * Returns what began in a time, the oldest first.
     *
     * @param most how many points at most: neighbours are put together where there are more
     */
    List<UsagePoint> points(Instant since, Instant until, int most) {
        List<Stretch> chosen = oldestFirst.stream()
                .filter(stretch -> !stretch.at().isBefore(since) && stretch.at().isBefore(until))
                .toList();
        int together = Math.max(1, (chosen.size() + most - 1) / most);
        List<UsagePoint> points = new ArrayList<>();
        for (int i = 0; i < chosen.size(); i += together) {
            Stretch whole = chosen.get(i);
            for (int j = i + 1; j < Math.min(i + together, chosen.size()); j++) {
                whole = whole.and(chosen.get(j));
            }
            points.add(whole.point());
        }
        return points;
    }

    /** One or more readings put together. */
    private record Stretch(Instant at, Duration span, Figure bytes, Figure cores) {

        static Stretch of(UsagePoint point) {
            return new Stretch(
                    point.at(),
                    point.span(),
                    Figure.of(bytes(point.memory()), bytes(point.peakMemory())),
                    Figure.of(point.cores(), point.peakCores()));
        }

        private static OptionalDouble bytes(Optional<ByteSize> size) {
            return size.isPresent() ? OptionalDouble.of(size.get().bytes()) : OptionalDouble.empty();
        }

        Stretch and(Stretch next) {
            return new Stretch(
                    at, Duration.between(at, next.at.plus(next.span)), bytes.and(next.bytes), cores.and(next.cores));
        }

        UsagePoint point() {
            return new UsagePoint(at, span, size(bytes.mean()), size(bytes.peak()), cores.mean(), cores.peak());
        }

        private static Optional<ByteSize> size(OptionalDouble bytes) {
            return bytes.isPresent()
                    ? Optional.of(ByteSize.ofBytes(Math.round(bytes.getAsDouble())))
                    : Optional.empty();
        }
    }

    /**
     * What is known of one quantity.
     *
     * @param readings how many readings it is of, by which means are weighed; 0 if nothing is known
     */
    private record Figure(long readings, double sum, double most) {

        static final Figure UNKNOWN = new Figure(0, 0, 0);

        static Figure of(OptionalDouble mean, OptionalDouble peak) {
            return mean.isPresent() ? new Figure(1, mean.getAsDouble(), peak.orElse(mean.getAsDouble())) : UNKNOWN;
        }

        Figure and(Figure next) {
            if (readings == 0 || next.readings == 0) {
                return readings == 0 ? next : this;
            }
            return new Figure(readings + next.readings, sum + next.sum, Math.max(most, next.most));
        }

        OptionalDouble mean() {
            return readings == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / readings);
        }

        OptionalDouble peak() {
            return readings == 0 ? OptionalDouble.empty() : OptionalDouble.of(most);
        }
    }
}
