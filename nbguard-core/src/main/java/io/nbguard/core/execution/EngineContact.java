package io.nbguard.core.execution;

import io.nbguard.api.GuardClock;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.execution.StopMode;
import io.nbguard.core.thread.FailureLog;
import io.nbguard.core.thread.GrowingPause;
import io.nbguard.core.thread.Parking;
import java.time.Duration;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The contact of a run with the engine that has its execution. No fault of the executor or of nbguard ends what an engine may run: the
 * user is told that contact is lost, and after a pause it is tried again, until the guard is closed. The run's thread only.
 */
final class EngineContact {

    private static final Logger LOG = LoggerFactory.getLogger(EngineContact.class);
    private static final FailureLog FAILURES = new FailureLog(LOG);
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();

    private final GuardedExecution execution;
    private final GuardClock clock;
    private final GrowingPause pause = new GrowingPause(SHORTEST_PAUSE, LONGEST_PAUSE);
    // Since when its executor has it, in the attempt under way.
    private OptionalLong foundAtNanos = OptionalLong.empty();
    private String lost = "";

    EngineContact(GuardedExecution execution, GuardClock clock) {
        this.execution = execution;
        this.clock = clock;
    }

    /**
     * Supervises the execution; where nbguard itself fails, the supervision goes on after a pause, until the guard is closed.
     *
     * @param found whether its executor has it, or launches it now, and does not look for it: a contact that was lost is restored
     */
    void supervise(boolean found, Runnable step) {
        boolean again = false;
        while (!again || !execution.isAbandoned()) {
            try {
                if (found) {
                    execution.foundAgain(lost);
                    foundAtNanos = OptionalLong.of(clock.nanoTime());
                }
                step.run();
                return;
            } catch (RuntimeException | Error e) {
                FAILURES.error("the run of {} failed; it goes on after a pause", execution, e);
                LifecycleState at = execution.lifecycle();
                if (at.state() == ExecutionState.CONTACT_LOST && !lost.equals(at.detail())) {
                    // Its executor has lost contact, and says so itself when it answers again.
                    pause();
                } else {
                    lose("nbguard", e.toString());
                }
                again = true;
            }
        }
    }

    /**
     * Records that it is not known how the execution does, and pauses.
     *
     * @param who what failed: its executor, or nbguard
     */
    void lose(String who, String why) {
        if (lost.isEmpty()) {
            execution.note(who + " failed (" + why + ") when its engine may have it: it is looked for there");
        }
        lost = who + " cannot find out how it does in its engine (" + why + "); it is tried again";
        execution.contactLost(lost);
        pause();
    }

    /** Pauses, for longer each time, until the guard is closed or a stop is to reach the engine. */
    private void pause() {
        long begun = clock.nanoTime();
        if (foundAtNanos.isPresent() && begun - foundAtNanos.getAsLong() > LONGEST_PAUSE.toNanos()) {
            // It was under way for a while: this is another failure, and not the same one again.
            pause.reset();
        }
        foundAtNanos = OptionalLong.empty();
        long until = begun + pause.takeNanos();
        StopMode stop = execution.lifecycle().stop();
        while (!execution.isAbandoned()
                && clock.nanoTime() - until < 0
                // A stop is to reach the engine, which may answer by now.
                && stop == execution.lifecycle().stop()) {
            Parking.park(this, Math.min(LOOK_NANOS, until - clock.nanoTime()));
        }
    }

    /** Waits until the guard is closed, which leaves the execution to the next one: its thread cannot follow it any more. */
    void awaitClosing(Throwable failure) {
        try {
            execution.contactLost(
                    "nbguard failed (" + failure + ") and does not follow it any more, and its engine may run it:"
                            + " close this guard, and the next one with this history looks for it, or end it in its engine");
        } catch (RuntimeException | Error e) {
            FAILURES.error("it cannot be reported that {} is not followed any more", execution, e);
        }
        while (!execution.isAbandoned() && !execution.isGuardClosing()) {
            Parking.park(this, LOOK_NANOS);
        }
    }
}
