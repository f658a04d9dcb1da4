package io.nbguard.api;

import java.time.Instant;

/**
 * Time, injected: tests tick, they never sleep. Durations are measured by {@link #nanoTime()}, which the wall clock's
 * jumps do not touch; {@link #instant()} is only for records and people.
 */
public interface GuardClock {

    /** The machine's clocks. */
    GuardClock SYSTEM = new GuardClock() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public Instant instant() {
            return Instant.now();
        }
    };

    /** Returns monotonic time, in nanoseconds from some origin. */
    long nanoTime();

    /** Returns wall-clock time. */
    Instant instant();
}
