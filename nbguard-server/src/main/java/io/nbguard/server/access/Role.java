package io.nbguard.server.access;

import java.util.Locale;

/** What a caller may do. */
public enum Role {
    /** May look at everything but the audit log. */
    VIEWER,
    /** May start, stop and schedule, too. */
    OPERATOR;

    /** Returns whether this role may do what {@code needed} may. */
    public boolean covers(Role needed) {
        return compareTo(needed) >= 0;
    }

    /** Returns the role's name in JSON, such as {@code operator}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
