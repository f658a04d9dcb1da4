package io.nbguard.core.sampling;

/**
 * A watchdog elsewhere that watches the same executions. While it is on duty, this loop's own measures, and neither kills
 * nor tells of kills. Called by the sampling thread at every tick: methods return at once and allocate nothing.
 */
public interface RemoteWatchdog {

    /** There is none. */
    RemoteWatchdog NONE = new RemoteWatchdog() {
        @Override
        public boolean isOnDuty() {
            return false;
        }

        @Override
        public long reactionNanos() {
            return 0;
        }
    };

    /** Returns whether it watches, and can be relied upon. */
    boolean isOnDuty();

    /** Returns the longest time from a crossing to its signal that must be reckoned with; only while it is on duty. */
    long reactionNanos();
}
