package io.nbguard.jdbc.table;

import java.util.ArrayList;
import java.util.List;

/** Puts neighbouring points together. Rows come and go in the order of their time. */
final class UsageBuckets {

    private UsageBuckets() {}

    /** Returns one row for each {@code width} nanoseconds in which there are any; buckets begin at multiples of it. */
    static List<UsageRow> of(long width, List<UsageRow> rows) {
        return of(width, 0, rows);
    }

    /**
     * Returns {@code most} rows at most, of equal spans as far as there are readings.
     *
     * @throws IllegalArgumentException if {@code most} is less than 1
     */
    static List<UsageRow> atMost(int most, List<UsageRow> rows) {
        if (most < 1) {
            throw new IllegalArgumentException("the number of points must be 1 or more, not " + most);
        }
        if (rows.size() <= most) {
            return rows;
        }
        long begin = rows.get(0).at();
        // Rounded up, and counted to the last beginning: that one too falls into the last bucket.
        long width = (rows.get(rows.size() - 1).at() - begin) / most + 1;
        return of(width, begin, rows);
    }

    private static List<UsageRow> of(long width, long begin, List<UsageRow> rows) {
        List<UsageRow> merged = new ArrayList<>();
        List<UsageRow> bucket = new ArrayList<>();
        long number = 0;
        for (UsageRow row : rows) {
            long its = Math.floorDiv(row.at() - begin, width);
            if (!bucket.isEmpty() && its != number) {
                merged.add(UsageRow.merge(bucket));
                bucket.clear();
            }
            number = its;
            bucket.add(row);
        }
        if (!bucket.isEmpty()) {
            merged.add(UsageRow.merge(bucket));
        }
        return merged;
    }
}
