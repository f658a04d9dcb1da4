package io.nbguard.api.measure;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads durations as people type them: {@code 90} (seconds), {@code 500ms}, {@code 10m}, {@code 1h30m}, {@code 1.5h},
 * {@code 2d}; and as ISO 8601 writes them: {@code PT1M30S}, {@code P90D}.
 */
public final class DurationText {

    private static final Pattern WHOLE = Pattern.compile("(?:\\d+(?:\\.\\d+)?(?:ms|[smhd]))+|\\d+(?:\\.\\d+)?");
    private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|[smhd]?)");

    private DurationText() {}

    /**
     * Returns the duration that {@code text} says.
     *
     * @throws IllegalArgumentException if it says none, none longer than zero, or one longer than 2⁶³ − 1 ns (292 years)
     */
    public static Duration parse(String text) {
        String lower = text.strip().toLowerCase(Locale.ROOT);
        try {
            Duration duration = lower.startsWith("p") ? iso(text, lower) : Duration.ofNanos(nanos(text, lower));
            if (duration.toNanos() > 0) {
                return duration;
            }
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("'" + text + "' is too long: expected at most 292 years", e);
        }
        throw new IllegalArgumentException("'" + text + "' is no time at all: expected more than zero");
    }

    private static Duration iso(String text, String lower) {
        try {
            return Duration.parse(lower);
        } catch (DateTimeException e) {
            throw none(text);
        }
    }

    private static long nanos(String text, String lower) {
        if (!WHOLE.matcher(lower).matches()) {
            throw none(text);
        }
        BigDecimal nanos = BigDecimal.ZERO;
        Matcher part = PART.matcher(lower);
        while (part.find()) {
            nanos = nanos.add(new BigDecimal(part.group(1)).multiply(nanosPer(part.group(2))));
        }
        return nanos.setScale(0, RoundingMode.DOWN).longValueExact();
    }

    private static IllegalArgumentException none(String text) {
        return new IllegalArgumentException(
                "'" + text + "' is not a duration: expected a number with a unit, such as 500ms, 90s, 10m or 1h30m");
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
