package io.nbguard.cgroup.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * Computes whether the {@link PidCursor} may have gone all the way round since it was last looked at, which it does not show:
 * then every id may be another's, and that a member had it proves nothing. With few ids ({@code pid_max}; 32,768 on small
 * machines, four million on others) and much forking that is a matter of seconds.
 *
 * <p>Goes by time alone. The kernel's count of forks would be no bound: a fork that fails at the limit of a pids cgroup uses
 * up an id without being counted.
 *
 * <p>For any thread, but for {@link #readLimit}.
 */
final class PidLaps {

    /** No kernel gives out ids faster than this: it does so under one lock, on the way of a fork. */
    private static final long FASTEST_ID_NANOS = 2_000;

    private final Path proc;
    private final LongSupplier clock;
    private volatile long ids;

    PidLaps(Path proc, LongSupplier clock) {
        this.proc = proc;
        this.clock = clock;
        readLimit();
    }

    /**
     * A look at the cursor.
     *
     * @param cursor where it was, or -1 if that is not known
     * @param atNanos when that was, or earlier
     */
    record Look(long cursor, long atNanos) {}

    /** Returns whether there was time for a lap between {@code atNanos} and now. */
    boolean possibleSince(long atNanos) {
        return clock.getAsLong() - atNanos >= ids * FASTEST_ID_NANOS;
    }

    /** Reads the limit again: it may be changed at any time. To be called now and then. */
    void readLimit() {
        try {
            long limit = Long.parseLong(
                    ProcFiles.text(proc.resolve("sys/kernel/pid_max")).strip());
            ids = Math.max(0, limit - PidCursor.FIRST_AFTER_WRAP);
        } catch (IOException | NumberFormatException e) {
            ids = 0;
        }
    }
}
