package io.nbguard.core.measure;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets one thread at a time into a session that is no business of two: a thread that hangs in it keeps the one that has taken
 * the loop over from joining it there.
 */
final class Gate {

    private final AtomicBoolean taken = new AtomicBoolean();

    /** Returns whether the calling thread may go in; {@link #leave} must follow. */
    boolean enter() {
        return taken.compareAndSet(false, true);
    }

    void leave() {
        taken.set(false);
    }
}
