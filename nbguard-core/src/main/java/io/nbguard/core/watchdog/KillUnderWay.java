package io.nbguard.core.watchdog;

import io.nbguard.api.watchdog.KillScenario;
import io.nbguard.api.watchdog.KillScenario.Cause;
import io.nbguard.core.measure.ExecutionMeter;
import io.nbguard.core.measure.Watched;

/**
 * A kill that was sent and is not confirmed yet. It is confirmed when the victim is dead <em>and</em> its memory has come
 * back; only then is another kill considered. Sampling thread only.
 */
final class KillUnderWay {

    /** How long after the victim's death its memory may take to show up on a node where nothing grows. */
    private static final long LONGEST_TIMEOUT_NANOS = 1_000_000_000L;

    private final Watched victim;
    private final KillScenario scenario;
    private final VictimMemory memory;
    private final long othersBytes;
    private final long startedNanos;
    private long goneNanos = -1;
    private boolean frozeOthers;

    /**
     * Begins.
     *
     * @param othersBytes what all other executions hold now
     */
    KillUnderWay(ExecutionMeter meter, KillScenario scenario, long othersBytes, long nowNanos) {
        victim = meter.watched();
        memory = new VictimMemory(meter, nowNanos);
        this.scenario = scenario;
        this.othersBytes = othersBytes;
        startedNanos = nowNanos;
    }

    Watched victim() {
        return victim;
    }

    KillScenario scenario() {
        return scenario;
    }

    /** Returns whether other executions were frozen for it: once per kill. */
    boolean hasFrozenOthers() {
        return frozeOthers;
    }

    /** Other executions are frozen for it now. */
    void freezesOthers() {
        frozeOthers = true;
    }

    /** Takes in a look at the victim; returns whether it is dead. */
    boolean isDead(long nowNanos) {
        if (goneNanos < 0 && (memory.isBack() || victim.gone())) {
            goneNanos = nowNanos;
        }
        return goneNanos >= 0;
    }

    /**
     * Returns whether the victim is dead and its memory back.
     *
     * @param used the use in the scenario's scope now
     * @param othersNow what all other executions hold now: what they took meanwhile came from the victim
     * @param lastsNanos how long what is left lasts: the wait is shorter where other executions fill fast
     */
    boolean isConfirmed(long used, long othersNow, long lastsNanos, long nowNanos) {
        return isDead(nowNanos)
                && (used < scenario.threshold().bytes()
                        || freedBytes(used, othersNow) >= memory.leastBytes() / 2
                        || nowNanos - goneNanos >= Math.min(LONGEST_TIMEOUT_NANOS, lastsNanos / 4));
    }

    /** Returns what has come back, what others took of it meanwhile included. */
    long freedBytes(long used, long othersNow) {
        long taken = scenario.cause() == Cause.EXECUTION_LIMIT ? 0 : Math.max(0, othersNow - othersBytes);
        return Math.max(0, scenario.used().bytes() - used + taken);
    }

    /** Returns what use will be when the victim has given back all it can, if no other process takes more. */
    long projectedBytes(long used) {
        return Math.max(0, used - memory.remainingBytes());
    }

    /** Returns what the victim held when it was killed. */
    long heldBytes() {
        return memory.heldBytes();
    }

    long ageNanos(long nowNanos) {
        return nowNanos - startedNanos;
    }

    /** Returns how long the victim took to die, once it is dead. */
    long dyingNanos() {
        return Math.max(0, goneNanos - startedNanos);
    }
}
