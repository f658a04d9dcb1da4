package io.nbguard.spi.store;

import java.io.IOException;

/** A store has no room for what is written to it: nothing is wrong with that, and there may be room again. */
public final class StoreFullException extends IOException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param message what is full, and what to do about it
     * @param cause the error of the system or the database
     */
    public StoreFullException(String message, Throwable cause) {
        super(message, cause);
    }
}
