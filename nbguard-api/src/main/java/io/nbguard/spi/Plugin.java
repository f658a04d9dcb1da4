package io.nbguard.spi;

/** What every service has: a name, by which hosts choose it and records mention it. */
public interface Plugin {

    /** Returns the name: lower-case letters, digits and {@code -}; not beginning with {@code nbguard-}, which is nbguard's own. */
    String name();
}
