package io.nbguard.jdbc.table;

import io.nbguard.api.history.UsagePoint;
import io.nbguard.api.measure.ByteSize;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
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
        return new UsageRow(
                Times.nanos(point.at()),
                Math.max(0, nanos(point.span())),
                1,
                bytes(point.memory()),
                bytes(point.peakMemory()),
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

    private static @Nullable Long bytes(Optional<ByteSize> size) {
        return size.isPresent() ? Math.min(size.get().bytes(), MOST_BYTES) : null;
    }

    /** SQLite has no NaN: an unknown number is stored as NULL. */
    private static @Nullable Double number(OptionalDouble cores) {
        return cores.isPresent() && Double.isFinite(cores.getAsDouble()) ? cores.getAsDouble() : null;
    }

    UsagePoint point() {
        return new UsagePoint(
                Times.instant(at),
                Duration.ofNanos(span),
                size(memory),
                size(peakMemory),
                real(cores),
                real(peakCores));
    }

    private static Optional<ByteSize> size(@Nullable Long bytes) {
        return Optional.ofNullable(bytes).map(ByteSize::ofBytes);
    }

    private static OptionalDouble real(@Nullable Double number) {
        return number == null ? OptionalDouble.empty() : OptionalDouble.of(number);
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
        for (UsageRow row : rows) {
            at = Math.min(at, row.at);
            end = Math.max(end, row.end());
            readings += row.readings;
        }
        return new UsageRow(
                at,
                end - at,
                readings,
                whole(mean(rows, UsageRow::memory)),
                whole(most(rows, UsageRow::peakMemory)),
                mean(rows, UsageRow::cores),
                most(rows, UsageRow::peakCores));
    }

    private static @Nullable Long whole(@Nullable Double number) {
        return number == null ? null : Math.round(number);
    }

    private static @Nullable Double mean(List<UsageRow> rows, Function<UsageRow, ? extends @Nullable Number> figure) {
        double sum = 0;
        long readings = 0;
        for (UsageRow row : rows) {
            Number known = figure.apply(row);
            if (known != null) {
                sum += known.doubleValue() * row.readings;
                readings += row.readings;
            }
        }
        return readings == 0 ? null : sum / readings;
    }

    private static @Nullable Double most(List<UsageRow> rows, Function<UsageRow, ? extends @Nullable Number> figure) {
        Double most = null;
        for (UsageRow row : rows) {
            Number known = figure.apply(row);
            if (known != null && (most == null || known.doubleValue() > most)) {
                most = known.doubleValue();
            }
        }
        return most;
    }
}
