package io.nbguard.spi.executor;

import java.util.List;

/**
 * Whether a plugin can work here, check by check.
 *
 * @param checks what was looked at, in the order a person would
 */
public record Readiness(List<Check> checks) {

    /** Keeps its own copy. */
    public Readiness {
        checks = List.copyOf(checks);
    }

    /** Returns whether nothing stands in the way. */
    public boolean usable() {
        return checks.stream().noneMatch(check -> check.level() == Level.PROBLEM);
    }

    /** How a check went. */
    public enum Level {
        /** As it should be. */
        OK,
        /** Works, but could be better. */
        ADVICE,
        /** Cannot work like this. */
        PROBLEM
    }

    /**
     * One thing that was looked at.
     *
     * @param title what, in a word or two
     * @param level how it went
     * @param finding what was found
     * @param cure what to do about it; empty if nothing
     */
    public record Check(String title, Level level, String finding, String cure) {}
}
