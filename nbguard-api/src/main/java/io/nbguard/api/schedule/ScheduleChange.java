package io.nbguard.api.schedule;

/** What happened to a schedule as a whole. */
public enum ScheduleChange {
    /** It is new. */
    ADDED,
    /** It does not fire until it is resumed. */
    PAUSED,
    /** It fires again. */
    RESUMED,
    /** It has no more fires. */
    FINISHED,
    /** It was removed. */
    REMOVED
}
