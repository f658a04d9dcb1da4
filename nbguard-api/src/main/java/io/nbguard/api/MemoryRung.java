package io.nbguard.api;

/** The watchdog's ladder, lowest first (spec C1). */
public enum MemoryRung {
    /** Nothing to tell. */
    NORMAL,
    /** Tell people. */
    WARN,
    /** Start nothing new until use has fallen. */
    STOP_ADMITTING,
    /** End an execution. */
    KILL
}
