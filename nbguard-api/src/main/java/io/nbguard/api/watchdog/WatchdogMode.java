package io.nbguard.api.watchdog;

/** Where the watchdog runs. */
public enum WatchdogMode {
    /** On a thread of the host's JVM. Pauses of that JVM (garbage collection) are pauses of the watchdog. */
    IN_PROCESS,
    /**
     * In a small JVM beside the host's: no pause of the host holds it up, and it ends what a killed host leaves behind.
     * While it cannot be reached, the host's own thread watches.
     */
    SIDECAR
}
