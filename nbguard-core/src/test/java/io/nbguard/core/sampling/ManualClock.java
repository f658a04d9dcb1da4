package io.nbguard.core.sampling;

import io.nbguard.api.GuardClock;
import java.time.Duration;
import java.time.Instant;

/** Time that a test moves by hand. */
final class ManualClock implements GuardClock {

    private long nanos = 1_000_000_000_000L;

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public Instant instant() {
        return Instant.EPOCH.plusNanos(nanos);
    }

    void advance(Duration by) {
        nanos += by.toNanos();
    }

    void advanceNanos(long by) {
        nanos += by;
    }
}
