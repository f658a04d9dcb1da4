package io.nbguard.core.execution;

import io.nbguard.api.GuardClock;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * When the steps of one execution began: by the wall clock for its record, and in the guard's monotonic time for its time-outs. One
 * thread writes a step; any thread reads.
 */
final class ExecutionTimes {

    private final GuardClock clock;
    // Without an engine a launch starts user code at once: time counts from then on where the executor does not report
    // more.
    private final boolean local;
    private final Instant submittedAt;
    private volatile @Nullable Instant startedAt;
    private volatile long launchedAtNanos;
    private volatile boolean userCodeRan;
    private volatile long runningAtNanos;

    /** Begins now, with the submission. */
    ExecutionTimes(boolean local, GuardClock clock) {
        this.local = local;
        this.clock = clock;
        submittedAt = clock.instant();
    }

    /** Goes on from what another guard has recorded. */
    ExecutionTimes(ExecutionRecord record, boolean local, GuardClock clock) {
        this.local = local;
        this.clock = clock;
        Instant now = clock.instant();
        Instant started = record.lifecycle().startedAt().orElse(now);
        submittedAt = record.lifecycle().submittedAt();
        startedAt = started;
        launchedAtNanos =
                clock.nanoTime() - Math.max(0, Duration.between(started, now).toNanos());
        userCodeRan = record.state() == ExecutionState.RUNNING;
        // How long an engine's execution has waited before its code started is not kept: its time begins anew.
        runningAtNanos = local ? launchedAtNanos : clock.nanoTime();
    }

    /** Records that its launch begins. */
    void launching() {
        launchedAtNanos = clock.nanoTime();
        startedAt = clock.instant();
    }

    /**
     * Records when its code began to run.
     *
     * @return whether that is new
     */
    boolean running(long nowNanos) {
        if (userCodeRan) {
            return false;
        }
        runningAtNanos = nowNanos;
        userCodeRan = true;
        return true;
    }

    Instant submittedAt() {
        return submittedAt;
    }

    /** Returns when its launch began; empty before. */
    Optional<Instant> startedAt() {
        return Optional.ofNullable(startedAt);
    }

    long launchedAtNanos() {
        return launchedAtNanos;
    }

    /** Returns for how long it has been launched, or 0 if it is not. */
    Duration elapsed() {
        return startedAt == null ? Duration.ZERO : Duration.ofNanos(Math.max(0, clock.nanoTime() - launchedAtNanos));
    }

    boolean userCodeRan() {
        return userCodeRan;
    }

    /**
     * Returns since when its time-out counts, in the guard's monotonic time: from the start of user code; of a local execution
     * whose executor does not report that, from its launch.
     */
    OptionalLong timedSinceNanos() {
        if (userCodeRan) {
            return OptionalLong.of(runningAtNanos);
        }
        return local ? OptionalLong.of(launchedAtNanos) : OptionalLong.empty();
    }
}
