package io.nbguard.api;

/** A listener's registration. Closing it ends it; an event under way may still arrive. */
@FunctionalInterface
public interface Registration extends AutoCloseable {

    /** Ends the registration; harmless when it has ended already. */
    @Override
    void close();
}
