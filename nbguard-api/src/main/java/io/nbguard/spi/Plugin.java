package io.nbguard.spi;

import java.util.List;

/** What every service has: a name, by which hosts choose it and records mention it. */
public interface Plugin {

    /** Returns the name: lower-case letters, digits and {@code -}; not beginning with {@code nbguard-}, which is nbguard's own. */
    String name();

    /**
     * Returns the guard's settings that it reads. A guard refuses a key that none of the plugins it finds names, and a value
     * that is not of the type of each that names its key, so that what is mistyped is not ignored; whether the plugin is in
     * use does not matter. Several plugins may name the same.
     */
    default List<Setting<?>> settings() {
        return List.of();
    }
}
