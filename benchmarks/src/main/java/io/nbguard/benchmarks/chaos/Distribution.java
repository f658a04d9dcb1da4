package io.nbguard.benchmarks.chaos;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.LongStream;

/** Measured values, sorted; percentiles are values that were measured (nearest rank). */
record Distribution(long[] sorted) {

    private static final int PERCENT = 100;

    /** Sorts values. */
    static Distribution of(LongStream values) {
        return new Distribution(values.sorted().toArray());
    }

    /** Sorts what outcomes have of a value. */
    static Distribution ofPresent(List<Outcome> outcomes, Function<Outcome, OptionalLong> value) {
        return of(outcomes.stream().map(value).filter(OptionalLong::isPresent).mapToLong(OptionalLong::getAsLong));
    }

    boolean isEmpty() {
        return sorted.length == 0;
    }

    int size() {
        return sorted.length;
    }

    /**
     * Returns a percentile.
     *
     * @throws IllegalStateException if nothing was measured
     */
    long percentile(int percent) {
        if (isEmpty()) {
            throw new IllegalStateException("nothing was measured");
        }
        return sorted[Math.max(0, (int) Math.ceil(sorted.length * (double) percent / PERCENT) - 1)];
    }

    long max() {
        return percentile(PERCENT);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Distribution that && Arrays.equals(sorted, that.sorted);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(sorted);
    }

    @Override
    public String toString() {
        return Arrays.toString(sorted);
    }
}
