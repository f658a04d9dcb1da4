package io.nbguard.api.resource;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A limit on CPU time: {@code quotaMicros} in every {@code periodMicros}, summed over CPUs. 250,000 in 100,000 are 2.5 cores.
 *
 * @param quotaMicros microseconds of CPU time, 1,000 or more
 * @param periodMicros microseconds of wall-clock time, 1,000 to 1,000,000
 */
public record CpuLimit(long quotaMicros, long periodMicros) {

    /** The period where none is given, in microseconds. */
    public static final long USUAL_PERIOD_MICROS = 100_000;

    // What the kernel takes for cpu.max and cpu.cfs_period_us.
    private static final long LEAST_MICROS = 1_000;
    private static final long LONGEST_PERIOD_MICROS = 1_000_000;

    private static final Pattern FORM = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,12})?|\\.\\d{1,12})(m?)");
    private static final String CORES =
            "expected a number of cores of 0.01 to " + CpuSet.MOST_CPUS + ", such as 2, 2.5 or 1500m";

    /**
     * Checks both.
     *
     * @throws IllegalArgumentException if one is outside its range, or the quota is more than a machine's CPUs can use
     */
    public CpuLimit {
        checkedPeriod(periodMicros);
        checkedQuota(quotaMicros);
        if (quotaMicros / periodMicros > CpuSet.MOST_CPUS) {
            throw new IllegalArgumentException(
                    "a CPU quota of " + quotaMicros + " µs is out of range: expected at most " + CpuSet.MOST_CPUS
                            + " times the period of " + periodMicros + " µs");
        }
    }

    static long checkedQuota(long micros) {
        if (micros < LEAST_MICROS) {
            throw new IllegalArgumentException(
                    "a CPU quota of " + micros + " µs is out of range: expected " + LEAST_MICROS + " or more");
        }
        return micros;
    }

    static long checkedPeriod(long micros) {
        if (micros < LEAST_MICROS || micros > LONGEST_PERIOD_MICROS) {
            throw new IllegalArgumentException("a CPU period of " + micros + " µs is out of range: expected "
                    + LEAST_MICROS + " to " + LONGEST_PERIOD_MICROS);
        }
        return micros;
    }

    /**
     * Returns {@code cores} in the usual period, rounded to a microsecond of quota.
     *
     * @throws IllegalArgumentException if it is less than 0.01, more than a machine has, or not a number
     */
    public static CpuLimit ofCores(double cores) {
        return of(checkedCores(cores), null, null);
    }

    /**
     * Reads {@code 2}, {@code 2.5} or {@code 1500m} (thousandths of a core) in the usual period.
     *
     * @throws IllegalArgumentException if {@code text} has another form or is out of range
     */
    public static CpuLimit parse(String text) {
        return of(parseCores(text), null, null);
    }

    static BigDecimal parseCores(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a number of cores: " + CORES);
        }
        BigDecimal number = new BigDecimal(matcher.group(1));
        return checkedCores(matcher.group(2).isEmpty() ? number : number.movePointLeft(3), "'" + text + "'");
    }

    static BigDecimal checkedCores(double cores) {
        if (!Double.isFinite(cores)) {
            throw new IllegalArgumentException(cores + " is not a number of cores: " + CORES);
        }
        return checkedCores(BigDecimal.valueOf(cores), Double.toString(cores));
    }

    static BigDecimal checkedCores(BigDecimal cores, String shown) {
        if (cores.compareTo(new BigDecimal("0.01")) < 0 || cores.compareTo(new BigDecimal(CpuSet.MOST_CPUS)) > 0) {
            throw new IllegalArgumentException(shown + " cores are out of range: " + CORES);
        }
        return cores;
    }

    /**
     * Unites what was given of one limit.
     *
     * @throws IllegalArgumentException if cores and quota disagree, or only a period was given
     */
    static CpuLimit of(@Nullable BigDecimal cores, @Nullable Long quotaMicros, @Nullable Long periodMicros) {
        long period = periodMicros == null ? USUAL_PERIOD_MICROS : periodMicros;
        if (cores == null) {
            if (quotaMicros == null) {
                throw new IllegalArgumentException("a CPU period of " + period
                        + " µs alone limits nothing: expected a quota or a number of cores with it");
            }
            return new CpuLimit(quotaMicros, period);
        }
        CpuLimit ofCores = new CpuLimit(
                cores.multiply(BigDecimal.valueOf(period))
                        .setScale(0, RoundingMode.HALF_UP)
                        .longValueExact(),
                period);
        if (quotaMicros != null && quotaMicros != ofCores.quotaMicros()) {
            throw new IllegalArgumentException("a limit of " + plain(cores) + " cores and a CPU quota of " + quotaMicros
                    + " µs per " + period + " µs, which is " + new CpuLimit(quotaMicros, period)
                    + ", disagree: expected one of them, or the same with both");
        }
        return ofCores;
    }

    private static String plain(BigDecimal number) {
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }

    /** Returns the limit in cores: 2.5 means two and a half CPUs all the time. */
    public double cores() {
        return quotaMicros / (double) periodMicros;
    }

    /** Returns the number of cores, such as {@code 2.5}. */
    String coresText() {
        return plain(BigDecimal.valueOf(quotaMicros).divide(BigDecimal.valueOf(periodMicros), 6, RoundingMode.HALF_UP));
    }

    /** Returns the limit in cores for people, such as {@code 2.5 cores}. */
    @Override
    public String toString() {
        return coresText() + " cores";
    }
}
