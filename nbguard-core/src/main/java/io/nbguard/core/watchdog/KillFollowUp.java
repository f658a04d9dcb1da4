package io.nbguard.core.watchdog;

import io.nbguard.api.GuardClock;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.watchdog.KillScenario.Cause;
import io.nbguard.core.measure.ExecutionMeter;
import io.nbguard.core.measure.Watched;
import java.time.Duration;
import java.util.List;

/**
 * What follows a SIGKILL: freezes the other executions where the victim is slow to die, learns how long victims take to die
 * here, and reports how the kill ended. Sampling thread only.
 */
final class KillFollowUp {

    /** A victim that is not dead after this long may lack processor time. */
    private static final long DYING_SLOWLY_NANOS = 10_000_000L;

    /** This long after its SIGKILL a victim runs no more: further growth of use comes from other executions. */
    private static final long TELLING_GROWTH_NANOS = 4_000_000L;

    private final NodeBound node;
    private final Processors processors;
    private final EmergencyRule emergency;
    private final ActiveStandby standby;
    private final GuardClock clock;
    private final Bystanders bystanders;
    private final DyingTime dyingTime = new DyingTime();

    KillFollowUp(
            NodeBound node, Processors processors, EmergencyRule emergency, ActiveStandby standby, GuardClock clock) {
        this.node = node;
        this.processors = processors;
        this.emergency = emergency;
        this.standby = standby;
        this.clock = clock;
        bystanders = new Bystanders(standby, clock);
    }

    /** Returns how long the heaviest takes to die while others go on; 0 where there are no others. */
    long dyingNanos(List<ExecutionMeter> meters, long nowNanos) {
        if (meters.size() < 2) {
            return 0;
        }
        long heaviest = 0;
        for (int i = 0; i < meters.size(); i++) {
            heaviest = Math.max(heaviest, meters.get(i).estimateBytes(nowNanos));
        }
        return dyingTime.nanosFor(heaviest);
    }

    /** Thaws all executions that the kill under way had frozen. */
    void thaw(long nowNanos) {
        bystanders.thaw(nowNanos);
    }

    /** Forgets an execution that is watched no longer. */
    void forget(Watched execution) {
        bystanders.forget(execution);
    }

    /**
     * Looks whether the victim is dead; freezes and thaws the others accordingly.
     *
     * @param used the use in the kill's scope now
     */
    void look(KillUnderWay kill, long used, List<ExecutionMeter> meters, long nowNanos) {
        if (kill.isDead(nowNanos)) {
            bystanders.thaw(nowNanos);
            return;
        }
        bystanders.look(nowNanos);
        if (kill.hasFrozenOthers() || standby.isStandingBy()) {
            return;
        }
        boolean slow = kill.ageNanos(nowNanos) >= DYING_SLOWLY_NANOS && processors.areShort(meters, kill.victim());
        if (slow || isOutrun(kill, used, nowNanos)) {
            kill.freezesOthers();
            bystanders.freeze(meters, kill.victim(), nowNanos);
        }
    }

    /** Others fill what is left in less than twice the time in which such a victim dies. */
    private boolean isOutrun(KillUnderWay kill, long used, long nowNanos) {
        long age = kill.ageNanos(nowNanos);
        long grown = used - kill.scenario().used().bytes();
        if (kill.scenario().cause() != Cause.NODE_LIMIT || age < TELLING_GROWTH_NANOS || grown <= 0) {
            return false;
        }
        double lasts = (double) (node.limitBytes() - used) / grown * age;
        return lasts < 2.0 * dyingTime.nanosFor(kill.heldBytes());
    }

    /**
     * The victim is dead and its memory is back.
     *
     * @param used the use in the kill's scope now
     * @param othersBytes what all executions but the victim hold now
     */
    void confirmed(KillUnderWay kill, long used, long othersBytes) {
        emergency.confirmed();
        dyingTime.observe(kill.heldBytes(), kill.dyingNanos());
        standby.publish(new GuardEvent.KillConfirmed(
                clock.instant(),
                kill.victim().id(),
                kill.victim().notebook(),
                Duration.ofNanos(kill.dyingNanos()),
                ByteSize.ofBytes(kill.freedBytes(used, othersBytes))));
    }

    /** The victim did not die in time. */
    void givenUp(KillUnderWay kill, long nowNanos) {
        emergency.gaveUp(kill);
        bystanders.thaw(nowNanos);
        Duration age = Duration.ofNanos(kill.ageNanos(nowNanos));
        String notebook = kill.victim().notebook();
        standby.publish(new GuardEvent.KillUnconfirmed(
                clock.instant(),
                kill.victim().id(),
                notebook,
                age,
                notebook + " was sent SIGKILL " + age.toMillis()
                        + " ms ago and is not gone; it is given up, the next may be ended"));
    }
}
