package io.nbguard.core.history;

import io.nbguard.api.history.UsagePoint;
import io.nbguard.spi.store.UsageSum;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Usage over time in bounded space: when it is full, neighbours in its older half are put together, so that what is long
 * ago is kept less finely, and what is recent as it was read. Not safe for use by many threads.
 */
final class UsageSeries {

    private final int capacity;
    private List<UsageSum> oldestFirst = new ArrayList<>();

    /**
     * Makes an empty one.
     *
     * @param capacity how many points at most, 4 or more
     */
    UsageSeries(int capacity) {
        this.capacity = capacity;
    }

    void add(UsagePoint point) {
        oldestFirst.add(UsageSum.of(point, 1));
        if (oldestFirst.size() > capacity) {
            thinOut();
        }
    }

    private void thinOut() {
        int olderHalf = oldestFirst.size() / 4 * 2;
        List<UsageSum> thinner = new ArrayList<>(capacity + 1);
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
        List<UsageSum> chosen = oldestFirst.stream()
                .filter(sum -> !sum.at().isBefore(since) && sum.at().isBefore(until))
                .toList();
        int together = Math.max(1, (chosen.size() + most - 1) / most);
        List<UsagePoint> points = new ArrayList<>();
        for (int i = 0; i < chosen.size(); i += together) {
            UsageSum whole = chosen.get(i);
            for (int j = i + 1; j < Math.min(i + together, chosen.size()); j++) {
                whole = whole.and(chosen.get(j));
            }
            points.add(whole.point());
        }
        return points;
    }
}
