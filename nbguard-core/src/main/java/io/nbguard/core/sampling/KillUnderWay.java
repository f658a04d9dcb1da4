package io.nbguard.core.sampling;

import io.nbguard.api.KillScenario;

/**
 * A kill that was sent and is not confirmed yet. It is confirmed when nothing of the victim is alive <em>and</em> its
 * memory has come back; only then is another kill considered. Sampling thread only.
 */
final class KillUnderWay {

    /** How long after the victim's death its memory may take to come back; 6 GB took 160 ms. */
    private static final long MEMORY_BACK_NANOS = 1_000_000_000L;

    private final Watched victim;
    private final KillScenario scenario;
    private final long expectedBytes;
    private final long startedNanos;
    private long goneNanos = -1;

    KillUnderWay(Watched victim, KillScenario scenario, long expectedBytes, long nowNanos) {
        this.victim = victim;
        this.scenario = scenario;
        this.expectedBytes = expectedBytes;
        startedNanos = nowNanos;
    }

    Watched victim() {
        return victim;
    }

    KillScenario scenario() {
        return scenario;
    }

    /** Returns whether the victim is dead and its memory back, {@code used} being the use in the scenario's scope now. */
    boolean isConfirmed(long used, long nowNanos) {
        if (goneNanos < 0) {
            if (!victim.gone()) {
                return false;
            }
            goneNanos = nowNanos;
        }
        return used < scenario.threshold().bytes()
                || freedBytes(used) >= expectedBytes / 2
                || nowNanos - goneNanos >= MEMORY_BACK_NANOS;
    }

    long freedBytes(long used) {
        return Math.max(0, scenario.used().bytes() - used);
    }

    long ageNanos(long nowNanos) {
        return nowNanos - startedNanos;
    }

    /** Returns how long the victim took to die, once it is dead. */
    long dyingNanos() {
        return Math.max(0, goneNanos - startedNanos);
    }
}
