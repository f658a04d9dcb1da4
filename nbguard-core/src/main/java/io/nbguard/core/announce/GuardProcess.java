package io.nbguard.core.announce;

import java.time.Instant;

/**
 * A JVM that runs a guard.
 *
 * @param pid its process id
 * @param startedAtMillis when it started, in milliseconds since 1970, as {@link ProcessHandle} gives it; 0 where it does not
 */
public record GuardProcess(long pid, long startedAtMillis) {

    // The kernel counts from boot: two JVMs that turn this into a date disagree by as much as the clock was set
    // between.
    private static final long TOLERANCE_MILLIS = 2_000;

    /** Returns this JVM. */
    public static GuardProcess current() {
        return of(ProcessHandle.current());
    }

    private static GuardProcess of(ProcessHandle process) {
        return new GuardProcess(
                process.pid(),
                process.info().startInstant().map(Instant::toEpochMilli).orElse(0L));
    }

    /** Returns whether it lives: whether there is a process of this id and this start. */
    public boolean isAlive() {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .map(GuardProcess::of)
                .filter(found -> Math.abs(found.startedAtMillis - startedAtMillis) <= TOLERANCE_MILLIS)
                .isPresent();
    }
}
