package io.nbguard.jdbc.table;

import io.nbguard.api.history.UsagePoint;
import io.nbguard.api.history.UsagePoint.Figure;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.spi.store.UsageSum;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A point of usage as it stands in the table; what is not known is null.
 *
 * @param at when it began, in nanoseconds since 1970
 * @param span how long it was, in nanoseconds
 * @param readings how many readings its means are of
 * @param memory bytes, the mean
 * @param peakMemory bytes
 * @param cores the mean
 * @param peakCores the highest
 */
record UsageRow(
        long at,
        long span,
        long readings,
        @Nullable Long memory,
        @Nullable Long peakMemory,
        @Nullable Double cores,
        @Nullable Double peakCores) {

    // Sums of products stay exact enough, and back from a double it is still a long.
    private static final long MOST_BYTES = 1L << 60;

    static UsageRow of(UsagePoint point) {
        return of(point, 1);
    }

    private static UsageRow of(UsagePoint point, long readings) {
        return new UsageRow(
                Times.nanos(point.at()),
                Math.max(0, nanos(point.span())),
                readings,
                bytes(point.memory().map(Figure::mean)),
                bytes(point.memory().map(Figure::peak)),
                number(point.cores().map(Figure::mean)),
                number(point.cores().map(Figure::peak)));
    }

    private static long nanos(Duration span) {
        try {
            return span.toNanos();
        } catch (ArithmeticException e) {
            return 0; // Longer than 292 years, or as long before: no span of anything.
        }
    }

    private static @Nullable Long bytes(Optional<ByteSize> size) {
        return size.isPresent() ? Math.min(size.get().bytes(), MOST_BYTES) : null;
    }

    /** SQLite has no NaN: an unknown number is stored as NULL. */
    private static @Nullable Double number(Optional<Double> cores) {
        return cores.filter(Double::isFinite).orElse(null);
    }

    UsagePoint point() {
        return new UsagePoint(
                Times.instant(at),
                Duration.ofNanos(span),
                figure(memory, peakMemory).map(known -> new Figure<>(size(known.mean()), size(known.peak()))),
                figure(cores, peakCores));
    }

    private static <T> Optional<Figure<T>> figure(@Nullable T mean, @Nullable T peak) {
        return mean == null ? Optional.empty() : Optional.of(new Figure<>(mean, peak == null ? mean : peak));
    }

    private static ByteSize size(long bytes) {
        return ByteSize.ofBytes(bytes);
    }

    /** Returns neighbours as one. */
    static UsageRow merge(List<UsageRow> rows) {
        UsageRow first = rows.get(0);
        if (rows.size() == 1) {
            return first;
        }
        UsageSum sum = first.sum();
        for (UsageRow row : rows.subList(1, rows.size())) {
            sum = sum.and(row.sum());
        }
        return of(sum.point(), sum.readings());
    }

    private UsageSum sum() {
        return UsageSum.of(point(), readings);
    }
}
