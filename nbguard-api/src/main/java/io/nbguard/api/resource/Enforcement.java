package io.nbguard.api.resource;

import java.util.Optional;

/**
 * How a limit on one resource is enforced.
 *
 * @param strength what happens when an execution tries to exceed the limit
 * @param by what enforces it, such as {@code memory.max of the kernel}; for {@link Strength#NONE} why nothing does; empty if not stated
 */
public record Enforcement(Strength strength, Optional<String> by) {

    /** Nothing enforces it. */
    public static final Enforcement NONE = new Enforcement(Strength.NONE, Optional.empty());

    /** What happens when an execution tries to exceed a limit. */
    public enum Strength {
        /** It cannot. */
        HARD,
        /** It can for some time, or by leaving the means that are used; it is then ended, slowed down or reported. */
        SOFT,
        /** Nothing. */
        NONE
    }

    /**
     * Checks the text.
     *
     * @throws IllegalArgumentException if {@code by} is there and blank
     */
    public Enforcement {
        by.filter(String::isBlank).ifPresent(blank -> {
            throw new IllegalArgumentException("what enforces a limit is blank: expected a name, or nothing");
        });
    }

    /** Returns a hard limit, enforced by {@code by}. */
    public static Enforcement hard(String by) {
        return new Enforcement(Strength.HARD, Optional.of(by));
    }

    /** Returns a soft limit, enforced by {@code by}. */
    public static Enforcement soft(String by) {
        return new Enforcement(Strength.SOFT, Optional.of(by));
    }

    /** Returns no enforcement, because of {@code why}. */
    public static Enforcement none(String why) {
        return new Enforcement(Strength.NONE, Optional.of(why));
    }
}
