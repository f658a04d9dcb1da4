package io.nbguard.benchmarks.chaos;

import java.util.Locale;

/** What nbguard may do to the node's cgroup. */
enum Tier {
    /** Read it. */
    READ_ONLY,
    /** Make groups in it: cgroup v2 only. */
    WRITABLE;

    /** Returns its name as in {@code --tier} and in nbguard's setting {@code cgroup.tier}. */
    String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Finds one by its name.
     *
     * @throws IllegalArgumentException if there is none
     */
    static Tier of(String id) {
        for (Tier tier : values()) {
            if (tier.id().equals(id)) {
                return tier;
            }
        }
        throw new IllegalArgumentException("no tier '" + id + "'; there are read-only and writable");
    }
}
