package io.nbguard.spi;

import java.util.List;

/** What every service has: a name, by which hosts choose it and records mention it. */
public interface Plugin {

    /** Returns the name: lower-case letters, digits and {@code -}; not beginning with {@code nbguard-}, which is nbguard's own. */
    String name();

    /**
     * Returns the guard's settings that it reads. A guard refuses a setting that none of its plugins names, so that a mistyped
     * one is not ignored. Several plugins may name the same.
     */
    default List<Setting> settings() {
        return List.of();
    }
}
