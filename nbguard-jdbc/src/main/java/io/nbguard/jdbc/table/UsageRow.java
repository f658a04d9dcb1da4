package io.nbguard.jdbc.table;

import io.nbguard.api.UsagePoint;
import io.nbguard.api.measure.ByteSize;
import java.time.Duration;
import java.util.List;

/**
 * A point of usage as it stands in the table.
 *
 * @param at when it began, in nanoseconds since 1970
 * @param span how long it was, in nanoseconds
 * @param readings how many readings its means are of
 * @param memory bytes, the mean
 * @param peakMemory bytes
 * @param cores the mean
 * @param peakCores the highest
 */
record UsageRow(long at, long span, long readings, long memory, long peakMemory, double cores, double peakCores) {

    // Sums of products stay exact enough, and back from a double it is still a long.
    private static final long MOST_BYTES = 1L << 60;

    static UsageRow of(UsagePoint point) {
        long at = Times.nanos(point.at());
        return new UsageRow(
                at,
                Math.max(0, nanos(point.span())),
                1,
                Math.min(point.memory().bytes(), MOST_BYTES),
                Math.min(point.peakMemory().bytes(), MOST_BYTES),
                number(point.cores()),
                number(point.peakCores()));
    }

    private static long nanos(Duration span) {
        try {
            return span.toNanos();
        } catch (ArithmeticException e) {
            return 0; // Longer than 292 years, or as long before: no span of anything.
        }
    }

    /** SQLite has no NaN: it would be a null. */
    private static double number(double cores) {
        return Double.isFinite(cores) ? cores : 0;
    }

    UsagePoint point() {
        return new UsagePoint(
                Times.instant(at),
                Duration.ofNanos(span),
                ByteSize.ofBytes(memory),
                ByteSize.ofBytes(peakMemory),
                cores,
                peakCores);
    }

    long end() {
        return at + span;
    }

    /** Returns neighbours as one: means by the number of their readings, the highest peaks, from the first to the last. */
    static UsageRow merge(List<UsageRow> rows) {
        if (rows.size() == 1) {
            return rows.get(0);
        }
        long at = Long.MAX_VALUE;
        long end = Long.MIN_VALUE;
        long readings = 0;
        double memory = 0;
        double cores = 0;
        long peakMemory = 0;
        double peakCores = Double.NEGATIVE_INFINITY;
        for (UsageRow row : rows) {
            at = Math.min(at, row.at);
            end = Math.max(end, row.end());
            readings += row.readings;
            memory += (double) row.memory * row.readings;
            cores += row.cores * row.readings;
            peakMemory = Math.max(peakMemory, row.peakMemory);
            peakCores = Math.max(peakCores, row.peakCores);
        }
        return new UsageRow(
                at, end - at, readings, Math.round(memory / readings), peakMemory, cores / readings, peakCores);
    }
}
