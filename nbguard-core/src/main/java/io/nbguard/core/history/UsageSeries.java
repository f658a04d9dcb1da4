package io.nbguard.core.history;

import io.nbguard.api.UsagePoint;
import io.nbguard.api.measure.ByteSize;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Usage over time in bounded space: when it is full, neighbours in its older half are put together, so that what is long
 * ago is told less finely, and what is recent as it was read. Not safe for use by many threads.
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

    /** One or more readings put together; {@code readings} weighs the means. */
    private record Stretch(
            Instant at, Duration span, long readings, double bytes, long peakBytes, double cores, double peakCores) {

        static Stretch of(UsagePoint point) {
            return new Stretch(
                    point.at(),
                    point.span(),
                    1,
                    point.memory().bytes(),
                    point.peakMemory().bytes(),
                    point.cores(),
                    point.peakCores());
        }

        Stretch and(Stretch next) {
            long together = readings + next.readings;
            return new Stretch(
                    at,
                    Duration.between(at, next.at.plus(next.span)),
                    together,
                    (bytes * readings + next.bytes * next.readings) / together,
                    Math.max(peakBytes, next.peakBytes),
                    (cores * readings + next.cores * next.readings) / together,
                    Math.max(peakCores, next.peakCores));
        }

        UsagePoint point() {
            return new UsagePoint(
                    at, span, ByteSize.ofBytes(Math.round(bytes)), ByteSize.ofBytes(peakBytes), cores, peakCores);
        }
    }
}
