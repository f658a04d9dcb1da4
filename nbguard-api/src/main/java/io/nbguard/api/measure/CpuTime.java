package io.nbguard.api.measure;

import java.time.Duration;
import java.util.Locale;

/**
 * Processor time used, user and system together, summed over cores: two cores busy for one second make two seconds.
 *
 * @param nanos nanoseconds, 0 or more
 */
public record CpuTime(long nanos) implements Comparable<CpuTime> {

    /** No processor time. */
    public static final CpuTime ZERO = new CpuTime(0);

    /**
     * Checks the time.
     *
     * @throws IllegalArgumentException if {@code nanos} is negative
     */
    public CpuTime {
        if (nanos < 0) {
            throw new IllegalArgumentException("CPU time must be 0 or more nanoseconds, not " + nanos);
        }
    }

    /** Returns {@code nanos} as CPU time. */
    public static CpuTime ofNanos(long nanos) {
        return new CpuTime(nanos);
    }

    /** Returns this time in seconds. */
    public double seconds() {
        return nanos / 1e9;
    }

    /**
     * Returns the mean number of cores that were busy, if this time was used within {@code elapsed}.
     *
     * @return cores, 1.0 meaning one core fully busy; 0 when {@code elapsed} is zero or negative
     */
    public double coresOver(Duration elapsed) {
        long wall = elapsed.toNanos();
        return wall <= 0 ? 0 : nanos / (double) wall;
    }

    /** Returns the time used since {@code earlier}, never less than zero. */
    public CpuTime minus(CpuTime earlier) {
        return new CpuTime(Math.max(0, nanos - earlier.nanos));
    }

    @Override
    public int compareTo(CpuTime other) {
        return Long.compare(nanos, other.nanos);
    }

    /** Returns seconds with two decimals, such as {@code 12.34 s}. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.2f s", seconds());
    }
}
