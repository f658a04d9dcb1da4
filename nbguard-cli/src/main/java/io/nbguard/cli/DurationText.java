package io.nbguard.cli;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads durations as people type them: {@code 90} (seconds), {@code 500ms}, {@code 10m}, {@code 1h30m}, {@code 1.5h}, {@code 2d}. */
final class DurationText {

    private static final Pattern WHOLE = Pattern.compile("(?:\\d+(?:\\.\\d+)?(?:ms|[smhd]))+|\\d+(?:\\.\\d+)?");
    private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|[smhd]?)");

    private DurationText() {}

    /**
     * Returns the duration that {@code text} says.
     *
     * @throws IllegalArgumentException if it says none, or none longer than zero
     */
    static Duration parse(String text) {
        String lower = text.strip().toLowerCase(Locale.ROOT);
        if (!WHOLE.matcher(lower).matches()) {
            throw new IllegalArgumentException("'" + text
                    + "' is not a duration: expected a number with a unit, such as 500ms, 90s, 10m or 1h30m");
        }
        BigDecimal nanos = BigDecimal.ZERO;
        Matcher part = PART.matcher(lower);
        while (part.find()) {
            nanos = nanos.add(new BigDecimal(part.group(1)).multiply(nanosPer(part.group(2))));
        }
        try {
            Duration duration =
                    Duration.ofNanos(nanos.setScale(0, RoundingMode.DOWN).longValueExact());
            if (duration.isZero()) {
                throw new IllegalArgumentException("'" + text + "' is no time at all: expected more than zero");
            }
            return duration;
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("'" + text + "' is too long: expected at most 292 years", e);
        }
    }

    private static BigDecimal nanosPer(String unit) {
        return BigDecimal.valueOf(
                switch (unit) {
                    case "ms" -> 1_000_000L;
                    case "m" -> 60_000_000_000L;
                    case "h" -> 3_600_000_000_000L;
                    case "d" -> 86_400_000_000_000L;
                    default -> 1_000_000_000L;
                });
    }
}
