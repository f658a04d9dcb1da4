package io.nbguard.core.thread;

/**
 * The right of one thread to run the loop. It ends when another thread takes the loop over, because this one hangs in a call
 * that does not return. Should it return after all, {@link #check} makes it leave without touching anything.
 */
public final class Turn {

    private volatile boolean over;

    /** Another thread runs the loop from now on. Any thread. */
    public void end() {
        over = true;
    }

    /** Returns whether another thread runs the loop. Any thread. */
    public boolean isOver() {
        return over;
    }

    /**
     * Stops a thread whose turn is over.
     *
     * @throws TurnOver if another thread runs the loop
     */
    public void check() {
        if (over) {
            throw TurnOver.INSTANCE;
        }
    }

    /** Leads a thread whose turn is over out of the loop. One object without a stack trace: making it allocates nothing. */
    public static final class TurnOver extends Error {

        static final TurnOver INSTANCE = new TurnOver();
        private static final long serialVersionUID = 1;

        private TurnOver() {
            super("another thread runs the loop", null, false, false);
        }
    }
}
