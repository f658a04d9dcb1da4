package io.nbguard.cli.text;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** Quantities as a person would say them: three digits are enough. */
public final class Spoken {

    private Spoken() {}

    /** Returns {@code 850 ms}, {@code 12.3 s}, {@code 2m 05s}, {@code 1h 02m} or {@code 3d 04h}. */
    public static String duration(Duration duration) {
        long millis = Math.max(0, duration.toMillis());
        if (millis < 1_000) {
            return millis + " ms";
        }
        // 59.96 s would round to "60.0 s".
        if (millis < 59_950) {
            return String.format(Locale.ROOT, "%.1f s", millis / 1e3);
        }
        long seconds = Math.round(millis / 1e3);
        if (seconds < 3_600) {
            return String.format(Locale.ROOT, "%dm %02ds", seconds / 60, seconds % 60);
        }
        if (seconds < 86_400) {
            return String.format(Locale.ROOT, "%dh %02dm", seconds / 3_600, seconds % 3_600 / 60);
        }
        return String.format(Locale.ROOT, "%dd %02dh", seconds / 86_400, seconds % 86_400 / 3_600);
    }

    /** Returns a fraction of 1 in percent, such as {@code 94 %}; a decimal below 10. */
    public static String percent(double fraction) {
        double percent = fraction * 100;
        return String.format(Locale.ROOT, percent > 0 && percent < 9.95 ? "%.1f %%" : "%.0f %%", percent);
    }

    /** Returns cores with two decimals, such as {@code 1.98}. */
    public static String cores(double cores) {
        return String.format(Locale.ROOT, "%.2f", Math.max(0, cores));
    }

    /** Returns a value's text, or {@code unknown}: 0 is another thing. */
    public static String orUnknown(Optional<?> value) {
        return value.map(Object::toString).orElse("unknown");
    }

    /** Returns {@code 1 notebook}, {@code 3 notebooks}. */
    public static String count(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
