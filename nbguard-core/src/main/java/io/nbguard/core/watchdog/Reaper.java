package io.nbguard.core.watchdog;

import io.nbguard.api.GuardClock;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.watchdog.KillScenario;
import io.nbguard.api.watchdog.KillScenario.Cause;
import io.nbguard.core.measure.ExecutionMeter;
import io.nbguard.core.measure.Watched;
import io.nbguard.core.thread.Turn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From a breach to the next one: one kill at a time. Decides whether a breach leads to a kill, records the reason with the
 * victim, sends the signal, and waits until the victim is dead and its memory back. What is not needed before the signal
 * (events, texts) is made after it.
 *
 * <p>It does not wait for a kill as {@link io.nbguard.core.process.GroupKill#confirm} does: the sampling thread goes on measuring, asks
 * for the memory too, and leaves sending again to the victim's run.
 *
 * <p>Sampling thread only; allocates nothing unless a bound is crossed.
 */
final class Reaper {

    private static final long DRY_RUN_PAUSE_NANOS = 10_000_000_000L;

    /** Beyond a threshold without a candidate, looking every millisecond would be of no use. */
    private static final long HELPLESS_PAUSE_NANOS = 50_000_000L;

    private static final long FOLLOWING_PAUSE_NANOS = 2_000_000L;
    private static final long FOLLOWING_LONG_PAUSE_NANOS = 10_000_000L;
    private static final long FOLLOWING_LONG_NANOS = 300_000_000L;

    private final WatchdogConfig config;
    private final NodeBound node;
    private final VictimSelection selection;
    private final KillFollowUp followUp;
    private final WithheldKills withheld;
    private final ActiveStandby standby;
    private final Turn turn;
    private final GuardClock clock;
    private @Nullable KillUnderWay underWay;
    private @Nullable Watched unsentTo;
    private @Nullable KillScenario unsent;
    private boolean helpless;
    private long coolUntilNanos = Long.MIN_VALUE;
    private long slowestDecisionNanos;

    Reaper(
            WatchdogConfig config,
            NodeBound node,
            VictimSelection selection,
            KillFollowUp followUp,
            WithheldKills withheld,
            ActiveStandby standby,
            Turn turn,
            GuardClock clock) {
        this.config = config;
        this.node = node;
        this.selection = selection;
        this.followUp = followUp;
        this.withheld = withheld;
        this.standby = standby;
        this.turn = turn;
        this.clock = clock;
    }

    /** Returns whether a kill was sent and is not confirmed yet. */
    boolean isBusy() {
        return underWay != null;
    }

    /** Returns whose kill is under way, if one is. */
    @Nullable KillUnderWay underWay() {
        return underWay;
    }

    /** Returns how long to wait until the next look, beyond a threshold or while a kill is under way. */
    long pauseNanos(long nowNanos) {
        KillUnderWay kill = underWay;
        if (kill != null) {
            return kill.ageNanos(nowNanos) < FOLLOWING_LONG_NANOS ? FOLLOWING_PAUSE_NANOS : FOLLOWING_LONG_PAUSE_NANOS;
        }
        return helpless || config.dryRun() ? HELPLESS_PAUSE_NANOS : FOLLOWING_PAUSE_NANOS;
    }

    /** Returns the longest time that a decision took so far, from the look at the node to the signal. */
    long slowestDecisionNanos() {
        return slowestDecisionNanos;
    }

    /** Begins to look for the slowest anew. */
    void forgetSlowestDecision() {
        slowestDecisionNanos = 0;
    }

    /**
     * Ends an execution because of a breach, or says why not.
     *
     * @param meters those in whose scope it is
     * @param allBytes what all executions hold now
     */
    void consider(Breach breach, List<ExecutionMeter> meters, long allBytes, long nowNanos) {
        helpless = false;
        if (standby.isStandingBy()) {
            return;
        }
        KillUnderWay kill = underWay;
        if (kill != null) {
            tellDying(breach, kill, nowNanos);
            return;
        }
        if (nowNanos < coolUntilNanos && !isPressing(breach)) {
            withheld.tell(breach, nowNanos, "cooling down after the last kill");
            return;
        }
        List<ExecutionMeter> eligible = VictimSelection.eligible(meters);
        helpless = eligible.isEmpty();
        if (helpless) {
            withheld.tell(
                    breach,
                    nowNanos,
                    "no running execution of this guard is left to end: the memory is held by others");
            return;
        }
        Breach now = selection.settle(breach, eligible, allBytes, nowNanos);
        if (now.used() < now.threshold()) {
            withheld.tell(now, nowNanos, "use fell back below the threshold by itself");
            return;
        }
        VictimSelection.Selected selected = selection.select(now, eligible, nowNanos);
        if (selected != null) {
            send(selected, now, allBytes, nowNanos);
        }
        selection.tellFaults();
    }

    /** What is left would not outlast the cool-down, or half of what was left at the threshold is gone already. */
    private boolean isPressing(Breach breach) {
        return !config.dryRun()
                && breach.cause() == Cause.NODE_LIMIT
                && (breach.used() >= breach.threshold() + (breach.limit() - breach.threshold()) / 2
                        || node.lastsNowNanos() < 4 * config.coolDown().toNanos());
    }

    private void tellDying(Breach breach, KillUnderWay kill, long nowNanos) {
        String name = kill.victim().notebook();
        if (breach.cause() == Cause.EXECUTION_LIMIT) {
            withheld.tell(breach, nowNanos, "a kill is under way: " + name + " is dying");
            return;
        }
        boolean enough = kill.projectedBytes(breach.used()) < breach.threshold();
        withheld.tell(
                breach,
                nowNanos,
                enough ? "a kill is under way, and enough" : "a kill is under way, and not enough",
                () -> "a kill is under way: " + name + " is dying; when it has given back all, "
                        + ByteSize.ofBytes(kill.projectedBytes(breach.used())) + " will be in use, "
                        + (enough ? "which is enough" : "so the next is ended as soon as it is dead"));
    }

    private void send(VictimSelection.Selected selected, Breach breach, long allBytes, long nowNanos) {
        ExecutionMeter meter = selected.meter();
        KillScenario scenario = selected.scenario();
        Watched victim = meter.watched();
        turn.check();
        if (config.dryRun()) {
            coolUntilNanos = nowNanos + DRY_RUN_PAUSE_NANOS;
            tellTerminated(victim, scenario);
            return;
        }
        // Not since the crossing: what the choice took is none of the victim's time.
        KillUnderWay kill =
                new KillUnderWay(meter, scenario, allBytes - meter.estimateBytes(nowNanos), clock.nanoTime());
        if (!victim.condemn(scenario)) {
            withheld.tell(breach, nowNanos, victim.notebook() + " was chosen, and ended by itself");
            return;
        }
        slowestDecisionNanos = Math.max(slowestDecisionNanos, clock.nanoTime() - nowNanos);
        // Before the signal: should it fail for want of heap, no other execution is ended beside this one.
        underWay = kill;
        meter.beginsToDie();
        unsent = scenario;
        unsentTo = victim;
        sendAgain();
    }

    private void tellTerminated(Watched victim, KillScenario scenario) {
        standby.publish(new GuardEvent.Terminated(scenario.decidedAt(), victim.notebook(), scenario));
    }

    /** Sends the signal that is still to be sent, also one that failed because there was no heap left for it, and reports it. */
    void sendAgain() {
        Watched victim = unsentTo;
        KillScenario scenario = unsent;
        if (victim != null && scenario != null) {
            victim.kill();
            unsentTo = null;
            tellTerminated(victim, scenario);
            unsent = null;
        }
    }

    /**
     * Follows a kill that the remote watchdog has sent like an own one, in case the remote watchdog becomes inactive
     * meanwhile.
     *
     * @param allBytes what all executions hold now
     */
    void notice(List<ExecutionMeter> meters, long allBytes, long nowNanos) {
        for (int i = 0; i < meters.size() && underWay == null; i++) {
            ExecutionMeter meter = meters.get(i);
            if (meter.beginsToDie() && !meter.watched().gone()) {
                underWay = new KillUnderWay(
                        meter,
                        meter.watched().condemnation().orElseThrow(),
                        allBytes - meter.estimateBytes(nowNanos),
                        nowNanos);
            }
        }
    }

    /**
     * Looks after the kill that is under way.
     *
     * @param used the use in its scope now
     * @param othersBytes what all executions but the victim hold now
     */
    void follow(long used, long othersBytes, List<ExecutionMeter> meters, long nowNanos) {
        KillUnderWay kill = underWay;
        if (kill == null) {
            return;
        }
        followUp.look(kill, used, meters, nowNanos);
        long lasts = node.isKnown() ? node.lastsNowNanos() : Long.MAX_VALUE;
        if (kill.isConfirmed(used, othersBytes, lasts, nowNanos)) {
            boolean enough = used < kill.scenario().threshold().bytes();
            // If its memory was not enough there is nothing to wait for.
            finish(enough ? nowNanos + config.coolDown().toNanos() : nowNanos);
            followUp.confirmed(kill, used, othersBytes);
        } else if (kill.ageNanos(nowNanos) >= config.killTimeout().toNanos()) {
            finish(nowNanos + config.coolDown().toNanos());
            followUp.givenUp(kill, nowNanos);
        }
    }

    private void finish(long coolUntil) {
        underWay = null;
        coolUntilNanos = coolUntil;
    }
}
