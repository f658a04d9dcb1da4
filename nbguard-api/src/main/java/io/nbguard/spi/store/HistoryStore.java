package io.nbguard.spi.store;

import io.nbguard.spi.Plugin;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.UnavailableException;

/** Keeps what a guard has done beyond the guard's own life. */
public interface HistoryStore extends Plugin {

    /**
     * Opens it, and makes or brings up to date whatever it keeps things in.
     *
     * @param configuration the guard's settings
     * @throws UnavailableException if it cannot be reached, or is not set up
     * @throws io.nbguard.api.GuardException (INVALID_REQUEST) if a setting cannot be meant
     */
    HistorySession open(PluginConfig configuration) throws UnavailableException;
}
