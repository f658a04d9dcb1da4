package io.nbguard.core.watchdog;

import io.nbguard.api.GuardClock;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.watchdog.Candidate;
import io.nbguard.api.watchdog.KillScenario;
import io.nbguard.api.watchdog.KillScenario.Cause;
import io.nbguard.core.event.EventSink;
import io.nbguard.core.measure.ExecutionMeter;
import io.nbguard.core.measure.Watched;
import io.nbguard.core.thread.Turn;
import io.nbguard.spi.policy.KillSituation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From a breach to the next one: chooses, re-checks, condemns, signals, and follows the victim until it is dead and its
 * memory back. One kill at a time. What is not needed before the signal (events, texts) is made after it.
 *
 * <p>Sampling thread only; allocates nothing unless a bound is crossed.
 */
final class Reaper {

    private static final Comparator<Candidate> HEAVIEST_FIRST =
            Comparator.comparing(Candidate::memory).reversed();

    private static final long DRY_RUN_PAUSE_NANOS = 10_000_000_000L;

    /** Beyond a threshold without a candidate, looking every millisecond would be of no use. */
    private static final long HELPLESS_PAUSE_NANOS = 50_000_000L;

    private static final long FOLLOWING_PAUSE_NANOS = 2_000_000L;
    private static final long FOLLOWING_LONG_PAUSE_NANOS = 10_000_000L;
    private static final long FOLLOWING_LONG_NANOS = 300_000_000L;

    /** A victim that is not dead after this long may lack processor time. */
    private static final long DYING_SLOWLY_NANOS = 10_000_000L;

    /** This long after its SIGKILL a victim runs no more: further growth of use comes from other executions. */
    private static final long TELLING_GROWTH_NANOS = 4_000_000L;

    /** Looking for memory that no process maps is not worth more than this. */
    private static final long LONGEST_LOOK_NANOS = 20_000_000L;

    /** After a choice that took this long the node is read exactly again, and not only its raw use. */
    private static final long LONG_CHOICE_NANOS = 1_000_000L;

    private final WatchdogConfig config;
    private final NodeBound node;
    private final Processors processors;
    private final VictimChooser chooser;
    private final PssRefinement refinement;
    private final WithheldKills withheld;
    private final EmergencyRule emergency;
    private final Bystanders bystanders;
    private final DyingTime dyingTime = new DyingTime();
    private final ActiveStandby standby;
    private final Turn turn;
    private final EventSink events;
    private final GuardClock clock;
    private @Nullable KillUnderWay underWay;
    private @Nullable Watched unsentTo;
    private @Nullable KillScenario unsent;
    private boolean frozeForIt;
    private boolean helpless;
    private long coolUntilNanos = Long.MIN_VALUE;
    private long slowestDecisionNanos;

    Reaper(
            WatchdogConfig config,
            NodeBound node,
            Processors processors,
            VictimChooser chooser,
            PssRefinement refinement,
            WithheldKills withheld,
            EmergencyRule emergency,
            ActiveStandby standby,
            Turn turn,
            GuardClock clock) {
        this.config = config;
        this.node = node;
        this.processors = processors;
        this.refinement = refinement;
        this.withheld = withheld;
        this.emergency = emergency;
        this.standby = standby;
        this.turn = turn;
        events = standby;
        this.clock = clock;
        this.chooser = chooser;
        bystanders = new Bystanders(standby, clock);
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

    /** Returns how long a victim of so many bytes must be expected to take to die. */
    long dyingNanos(long bytes) {
        return dyingTime.nanosFor(bytes);
    }

    /** Thaws all executions that a kill under way had frozen: the loop fails, or ends. */
    void thaw(long nowNanos) {
        bystanders.thaw(nowNanos);
    }

    /** Forgets an execution that is watched no longer. */
    void forget(Watched execution) {
        bystanders.forget(execution);
    }

    /** Ends an execution because of a breach, or says why not. */
    void consider(Breach breach, List<ExecutionMeter> meters, long othersBytes, long nowNanos) {
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
        List<ExecutionMeter> eligible = new ArrayList<>();
        for (ExecutionMeter meter : meters) {
            if (meter.watched().mayBeCondemned()) {
                eligible.add(meter);
            }
        }
        helpless = eligible.isEmpty();
        if (helpless) {
            withheld.tell(
                    breach,
                    nowNanos,
                    "no running execution of this guard is left to end: the memory is held by others");
            return;
        }
        settleChoice(eligible, breach, othersBytes, nowNanos);
        Breach now = recheck(breach, nowNanos);
        if (now.used() < now.threshold()) {
            withheld.tell(now, nowNanos, "use fell back below the threshold by itself");
            return;
        }
        end(now, eligible, othersBytes, nowNanos);
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

    /** Reads the node again: settling takes time, and a victim may have freed its memory by itself meanwhile. */
    private Breach recheck(Breach breach, long nowNanos) {
        return breach.cause() == Cause.NODE_LIMIT
                ? node.recheck(breach, clock.nanoTime() - nowNanos >= LONG_CHOICE_NANOS)
                : breach;
    }

    private void settleChoice(List<ExecutionMeter> eligible, Breach breach, long allBytes, long nowNanos) {
        if (eligible.size() < 2) {
            return;
        }
        if (breach.cause() == Cause.NODE_LIMIT) {
            long longest = (long) (node.lastsNanos() * PssRefinement.SHARE_OF_TIME_LEFT);
            refinement.settleHeaviest(eligible, nowNanos, longest);
            long left = Math.min(LONGEST_LOOK_NANOS, longest - (clock.nanoTime() - nowNanos));
            refinement.settleUnmapped(eligible, breach.used() - allBytes, nowNanos, left);
        } else {
            refinement.settle(eligible, nowNanos);
        }
    }

    private void end(Breach breach, List<ExecutionMeter> eligible, long othersBytes, long nowNanos) {
        List<Candidate> candidates = new ArrayList<>(eligible.size());
        for (ExecutionMeter meter : eligible) {
            candidates.add(meter.candidate(nowNanos));
        }
        candidates.sort(HEAVIEST_FIRST);
        KillSituation situation = new KillSituation(
                breach.cause(),
                ByteSize.ofBytes(breach.used()),
                ByteSize.ofBytes(breach.threshold()),
                ByteSize.ofBytes(breach.limit()),
                candidates);
        VictimChooser.Choice choice =
                chooser.choose(situation, breach.cause() == Cause.NODE_LIMIT ? node.lastsNowNanos() : Long.MAX_VALUE);
        KillScenario scenario = new KillScenario(
                clock.instant(),
                situation.cause(),
                situation.used(),
                situation.threshold(),
                situation.limit(),
                ByteSize.ofBytes(breach.raw()),
                choice.policy(),
                choice.victim().rationale(),
                choice.victim().id(),
                candidates,
                config.dryRun());
        for (ExecutionMeter meter : eligible) {
            if (meter.watched().id().equals(choice.victim().id())) {
                send(meter, breach, scenario, othersBytes, nowNanos);
                break;
            }
        }
        chooser.tellFaults();
    }

    private void send(ExecutionMeter meter, Breach breach, KillScenario scenario, long othersBytes, long nowNanos) {
        Watched victim = meter.watched();
        turn.check();
        if (config.dryRun()) {
            coolUntilNanos = nowNanos + DRY_RUN_PAUSE_NANOS;
            tellTerminated(victim, scenario);
            return;
        }
        // Not since the crossing: what the choice took is none of the victim's time.
        KillUnderWay kill =
                new KillUnderWay(meter, scenario, othersBytes - meter.estimateBytes(nowNanos), clock.nanoTime());
        if (!victim.condemn(scenario)) {
            withheld.tell(breach, nowNanos, victim.notebook() + " was chosen, and ended by itself");
            return;
        }
        slowestDecisionNanos = Math.max(slowestDecisionNanos, clock.nanoTime() - nowNanos);
        // Before the signal: should it fail for want of heap, no other execution is ended beside this one.
        underWay = kill;
        frozeForIt = false;
        meter.beginsToDie();
        unsent = scenario;
        unsentTo = victim;
        sendAgain();
    }

    private void tellTerminated(Watched victim, KillScenario scenario) {
        events.publish(new GuardEvent.Terminated(scenario.decidedAt(), victim.notebook(), scenario));
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
                frozeForIt = false;
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
        long lasts = node.isKnown() ? node.lastsNowNanos() : Long.MAX_VALUE;
        if (kill.isDead(nowNanos)) {
            bystanders.thaw(nowNanos);
        } else {
            bystanders.look(nowNanos);
            freezeIfShort(kill, used, meters, nowNanos);
        }
        if (kill.isConfirmed(used, othersBytes, lasts, nowNanos)) {
            confirmed(kill, used, othersBytes, nowNanos);
        } else if (kill.ageNanos(nowNanos) >= config.killTimeout().toNanos()) {
            givenUp(kill, nowNanos);
        }
    }

    private void freezeIfShort(KillUnderWay kill, long used, List<ExecutionMeter> meters, long nowNanos) {
        if (frozeForIt || standby.isStandingBy()) {
            return;
        }
        boolean slow = kill.ageNanos(nowNanos) >= DYING_SLOWLY_NANOS && processors.areShort(meters, kill.victim());
        if (slow || isOutrun(kill, used, nowNanos)) {
            frozeForIt = true;
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

    private void confirmed(KillUnderWay kill, long used, long othersBytes, long nowNanos) {
        finish(nowNanos);
        emergency.confirmed();
        dyingTime.observe(kill.heldBytes(), kill.dyingNanos());
        if (used >= kill.scenario().threshold().bytes()) {
            // Dead, its memory back, and that was not enough: there is nothing to wait for.
            coolUntilNanos = nowNanos;
        }
        events.publish(new GuardEvent.KillConfirmed(
                clock.instant(),
                kill.victim().id(),
                kill.victim().notebook(),
                Duration.ofNanos(kill.dyingNanos()),
                ByteSize.ofBytes(kill.freedBytes(used, othersBytes))));
    }

    private void givenUp(KillUnderWay kill, long nowNanos) {
        finish(nowNanos);
        emergency.gaveUp(kill);
        bystanders.thaw(nowNanos);
        events.publish(new GuardEvent.KillUnconfirmed(
                clock.instant(),
                kill.victim().id(),
                kill.victim().notebook(),
                Duration.ofNanos(kill.ageNanos(nowNanos)),
                kill.victim().notebook() + " was sent SIGKILL "
                        + Duration.ofNanos(kill.ageNanos(nowNanos)).toMillis()
                        + " ms ago and is not gone; it is given up, the next may be ended"));
    }

    private void finish(long nowNanos) {
        underWay = null;
        coolUntilNanos = nowNanos + config.coolDown().toNanos();
    }
}
