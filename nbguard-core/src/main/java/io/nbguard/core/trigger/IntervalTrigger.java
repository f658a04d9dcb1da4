package io.nbguard.core.trigger;

import io.nbguard.spi.Trigger;
import io.nbguard.spi.TriggerSpec;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fires at the anchor and at every whole number of intervals after it: {@code 10m}, {@code 90s}, {@code 2h}, {@code 1d}
 * or an ISO-8601 duration such as {@code PT10M}. Counts from the anchor, so that a late fire does not delay those after
 * it. A day is 24 hours: for "at the same time of day" use a cron trigger, which knows summer time.
 */
public final class IntervalTrigger implements Trigger {

    private static final Pattern SHORT = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)");
    private static final Map<String, Duration> UNITS = Map.of(
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1));
    private static final BigInteger NANOS = BigInteger.valueOf(1_000_000_000L);

    /** Makes the trigger; it has no state. */
    public IntervalTrigger() {}

    @Override
    public String name() {
        return "nbguard-interval";
    }

    @Override
    public Optional<Instant> nextFireAfter(TriggerSpec spec, Instant after) {
        Duration interval = parse(spec.expression());
        Instant anchor = spec.anchor();
        if (after.isBefore(anchor)) {
            return Optional.of(anchor);
        }
        try {
            // Exact over any span: 64-bit nanoseconds would end after 292 years.
            BigInteger step = nanos(interval);
            BigInteger fires =
                    nanos(Duration.between(anchor, after)).divide(step).add(BigInteger.ONE);
            BigInteger[] offset = fires.multiply(step).divideAndRemainder(NANOS);
            return Optional.of(anchor.plusSeconds(offset[0].longValueExact()).plusNanos(offset[1].longValueExact()));
        } catch (DateTimeException | ArithmeticException beyondTheEndOfTime) {
            return Optional.empty();
        }
    }

    private static BigInteger nanos(Duration duration) {
        return BigInteger.valueOf(duration.getSeconds()).multiply(NANOS).add(BigInteger.valueOf(duration.getNano()));
    }

    private static Duration parse(String expression) {
        String text = expression.strip();
        Matcher matcher = SHORT.matcher(text.toLowerCase(Locale.ROOT));
        Duration interval;
        try {
            interval = matcher.matches()
                    ? UNITS.getOrDefault(matcher.group(2), Duration.ZERO).multipliedBy(Long.parseLong(matcher.group(1)))
                    : Duration.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "'" + expression + "' is not an interval: expected a form such as 10m, 90s, 2h or PT10M", e);
        }
        if (interval.isZero() || interval.isNegative()) {
            throw new IllegalArgumentException("the interval '" + expression + "' must be longer than 0");
        }
        return interval;
    }
}
