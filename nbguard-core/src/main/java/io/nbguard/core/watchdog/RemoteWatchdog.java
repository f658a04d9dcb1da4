package io.nbguard.core.watchdog;

/**
 * A watchdog in another process that watches the same executions. While it is active, this loop's own watchdog measures, and
 * neither kills nor reports kills. Called by the sampling thread at every tick: methods return at once and allocate nothing.
 */
public interface RemoteWatchdog {

    /** There is none. */
    RemoteWatchdog NONE = new RemoteWatchdog() {
        @Override
        public boolean isActive() {
            return false;
        }

        @Override
        public long reactionNanos() {
            return 0;
        }
    };

    /** Returns whether it watches, and can be relied upon. */
    boolean isActive();

    /** Returns the longest time from a crossing to its signal that is to be expected; only while it is active. */
    long reactionNanos();
}
