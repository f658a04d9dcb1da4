package io.nbguard.core;

import io.nbguard.core.watchdog.MemoryThreshold;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The three thresholds of memory, in the order in which use is to meet them.
 *
 * @param warnAt where a warning is published
 * @param stopAdmittingAt where nothing new is started
 * @param killAt where an execution is ended
 */
record Rungs(MemoryThreshold warnAt, MemoryThreshold stopAdmittingAt, MemoryThreshold killAt) {

    static final double KILL = 0.9375;

    static final Rungs DEFAULTS = of(null, null, MemoryThreshold.fraction(KILL));

    private static final double WARN = 0.80;
    private static final double STOP_ADMITTING = 0.85;

    /**
     * Puts together what was set, and what was not: a rung that was not set gives way to one that was.
     *
     * @throws IllegalArgumentException if two that were set contradict each other
     */
    static Rungs of(@Nullable Double warnAt, @Nullable Double stopAdmittingAt, MemoryThreshold killAt) {
        // A threshold in bytes can be compared with no part of a limit that may change at any time.
        double kill = killAt instanceof MemoryThreshold.Fraction part ? part.fraction() : 1;
        requireOrder("warnAt", warnAt, "killAt", kill);
        requireOrder("stopAdmittingAt", stopAdmittingAt, "killAt", kill);
        if (stopAdmittingAt != null) {
            requireOrder("warnAt", warnAt, "stopAdmittingAt", stopAdmittingAt);
        }
        double lower = Math.min(1, kill / KILL);
        double stop = stopAdmittingAt != null
                ? stopAdmittingAt
                : Math.max(STOP_ADMITTING * lower, warnAt == null ? 0 : warnAt);
        double warn = warnAt != null ? warnAt : Math.min(WARN * lower, stop);
        return new Rungs(MemoryThreshold.fraction(warn), MemoryThreshold.fraction(stop), killAt);
    }

    private static void requireOrder(String lower, @Nullable Double low, String higher, double high) {
        if (low != null && low > high) {
            throw new IllegalArgumentException(lower + " (" + percent(low) + ") is above " + higher + " ("
                    + percent(high) + "): expected warnAt <= stopAdmittingAt <= killAt");
        }
    }

    /** Returns a threshold for a person, such as {@code 80 %} or {@code 12.0 GiB}. */
    static String text(MemoryThreshold threshold) {
        return threshold instanceof MemoryThreshold.Fraction part
                ? percent(part.fraction())
                : ((MemoryThreshold.Bytes) threshold).size().toString();
    }

    private static String percent(double fraction) {
        double percent = fraction * 100;
        return String.format(Locale.ROOT, percent == Math.rint(percent) ? "%.0f %%" : "%.2f %%", percent);
    }
}
