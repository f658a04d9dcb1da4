package io.nbguard.core;

/** What becomes of executions that run when the guard's JVM dies without closing it: a crash, {@code kill -9}. */
public enum HostDeath {
    /** They end at once. */
    END,
    /**
     * They go on. The next guard with the same history store, on the same machine, takes them up again; what has ended
     * meanwhile it records as it ended. Until then they are not watched.
     */
    KEEP
}
