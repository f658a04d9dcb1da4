package io.nbguard.core.sidecar;

import java.time.Duration;
import java.util.Optional;

/**
 * Decides whether the sidecar can be relied upon, and when another is started. Pure: time is passed in, and only such
 * time counts as silence in which this JVM ran itself. One thread.
 */
final class FailoverPolicy {

    /** After this much silence a sidecar is given up; it says something every 200 ms. */
    static final Duration SILENCE = Duration.ofSeconds(1);

    /** How long a sidecar may take to start. */
    static final Duration START = Duration.ofSeconds(20);

    /** How long a running process may go unwatched by a sidecar that answers. */
    static final Duration UNWATCHED = Duration.ofSeconds(1);

    /** A sidecar that has worked for this long is no failed start. */
    static final Duration PROVED = Duration.ofMinutes(1);

    static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    static final int MOST_FAILURES = 10;

    private enum Phase {
        DOWN,
        STARTING,
        UP
    }

    private final long lookNanos;
    private Phase phase = Phase.DOWN;
    private long phaseSinceNanos;
    private long nextStartNanos;
    private long lookedAtNanos;
    private long silentNanos;
    private long unwatchedNanos;
    private int failures;

    /**
     * Makes one that may start a sidecar at once.
     *
     * @param nowNanos the guard's monotonic time
     * @param look how often {@link #look} is called while nothing holds this JVM up
     */
    FailoverPolicy(long nowNanos, Duration look) {
        lookNanos = look.toNanos();
        nextStartNanos = nowNanos;
        lookedAtNanos = nowNanos;
    }

    /** Returns whether the sidecar watches everything, so that the host need not. */
    boolean isActive() {
        return phase == Phase.UP && unwatchedNanos < UNWATCHED.toNanos();
    }

    /** Returns whether the sidecar has said that it watches. */
    boolean isUp() {
        return phase == Phase.UP;
    }

    /** Returns whether it is time to start a sidecar. */
    boolean isStartDue(long nowNanos) {
        return phase == Phase.DOWN && failures < MOST_FAILURES && nowNanos - nextStartNanos >= 0;
    }

    /** Returns whether no more sidecars are started: too many have failed in a row. */
    boolean hasGivenUp() {
        return phase == Phase.DOWN && failures >= MOST_FAILURES;
    }

    /** A sidecar was started. */
    void started(long nowNanos) {
        enter(Phase.STARTING, nowNanos);
    }

    /** The sidecar says that it watches. */
    void ready(long nowNanos) {
        enter(Phase.UP, nowNanos);
    }

    /** The sidecar has ended, or could not be started; another follows after a pause that grows with every failure. */
    void ended(long nowNanos) {
        if (phase == Phase.UP && nowNanos - phaseSinceNanos >= PROVED.toNanos()) {
            failures = 0;
        }
        long pause = Math.min(LONGEST_PAUSE.toNanos(), FIRST_PAUSE.toNanos() << Math.min(failures, 20));
        failures++;
        nextStartNanos = nowNanos + pause;
        enter(Phase.DOWN, nowNanos);
    }

    private void enter(Phase next, long nowNanos) {
        phase = next;
        phaseSinceNanos = nowNanos;
        silentNanos = 0;
        unwatchedNanos = 0;
    }

    /**
     * Takes in how things are.
     *
     * @param heard whether the sidecar has said anything since the last look
     * @param allWatched whether it watches every execution that has processes
     * @return why it must be given up, if it must
     */
    Optional<String> look(long nowNanos, boolean heard, boolean allWatched) {
        // What is beyond two pauses was a pause of this JVM, or of the machine: nothing could be heard then.
        long ran = Math.min(nowNanos - lookedAtNanos, 2 * lookNanos);
        lookedAtNanos = nowNanos;
        silentNanos = heard ? 0 : silentNanos + ran;
        unwatchedNanos = allWatched ? 0 : unwatchedNanos + ran;
        if (phase == Phase.UP && silentNanos >= SILENCE.toNanos()) {
            return Optional.of(
                    "it has not answered for " + Duration.ofNanos(silentNanos).toMillis() + " ms");
        }
        if (phase == Phase.STARTING && silentNanos >= START.toNanos()) {
            return Optional.of("it was not ready within " + START.toSeconds() + " s");
        }
        return Optional.empty();
    }
}
