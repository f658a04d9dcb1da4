package io.nbguard.core.sampling;

import io.nbguard.api.GuardClock;
import io.nbguard.api.snapshot.Snapshot;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The latest readings for callers on any thread. Those that ask within one tick get the same object, and none of them can hold
 * up the loop.
 */
final class Snapshots {

    /** For this long all callers get the same snapshot. */
    private static final long FRESH_NANOS = 10_000_000L;

    private final LoopState state;
    private final SnapshotMaker maker;
    private final GuardClock clock;
    private volatile @Nullable Snapshot latest;

    Snapshots(LoopState state, SnapshotMaker maker, GuardClock clock) {
        this.state = state;
        this.maker = maker;
        this.clock = clock;
    }

    /**
     * Returns the readings of the latest tick.
     *
     * @throws IllegalStateException before the first tick
     */
    Snapshot latest() {
        Snapshot made = latest;
        TickReadings readings = state.readings;
        readings.lock.lock();
        try {
            if (readings.sequence == 0) {
                throw new IllegalStateException("the sampling loop was not started");
            }
            long age = sinceLastTickNanos();
            boolean stalled = state.overdueNanos(clock.nanoTime()) >= StallWatch.STANDS_STILL_NANOS;
            if (made == null || made.sequence() != readings.sequence) {
                made = maker.of(readings, age, stalled);
            } else if (made.loop().sinceLastTick().toNanos() + FRESH_NANOS < age) {
                // The readings stand; what is said of the loop is as of now, and so is what is promised.
                made = maker.again(made, readings, age, stalled);
            }
            latest = made;
            return made;
        } finally {
            readings.lock.unlock();
        }
    }

    /** Returns the longest time from a crossing to the signal that must be reckoned with, as of the last tick. */
    Duration reaction() {
        state.readings.lock.lock();
        try {
            return Duration.ofNanos(state.readings.reactionNanos);
        } finally {
            state.readings.lock.unlock();
        }
    }

    private long sinceLastTickNanos() {
        return Math.max(0, clock.nanoTime() - state.lastTickNanos);
    }
}
