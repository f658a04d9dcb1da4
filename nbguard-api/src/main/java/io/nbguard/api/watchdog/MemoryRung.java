package io.nbguard.api.watchdog;

/** The watchdog's ladder, lowest first (spec C1). */
public enum MemoryRung {
    /** Below every threshold. */
    NORMAL,
    /** A warning is published. */
    WARN,
    /** Start nothing new until use has fallen. */
    STOP_ADMITTING,
    /** End an execution. */
    KILL
}
