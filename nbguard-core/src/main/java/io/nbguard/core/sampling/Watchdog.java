package io.nbguard.core.sampling;

import io.nbguard.api.ByteSize;
import io.nbguard.api.Candidate;
import io.nbguard.api.GuardEvent;
import io.nbguard.api.KillScenario;
import io.nbguard.api.KillScenario.Cause;
import io.nbguard.api.MemoryRung;
import io.nbguard.core.GuardClock;
import io.nbguard.core.event.EventSink;
import io.nbguard.spi.KillPolicy;
import io.nbguard.spi.KillSituation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides, on every tick's readings, whether an execution must end, and ends it: one at a time, the next only when the
 * last one is dead and its memory back. Three bounds are watched: the container's limit, the budget for all executions
 * together, and an execution's own limit.
 *
 * <p>A decision <em>not</em> to kill beyond a threshold is an event too. Sampling thread only; allocates nothing unless a
 * bound is crossed.
 */
final class Watchdog {

    private static final Logger log = LoggerFactory.getLogger(Watchdog.class);

    private static final long DRY_RUN_PAUSE_NANOS = 10_000_000_000L;

    private final SamplingConfig config;
    private final ContainerMeter container;
    private final VictimChooser chooser;
    private final EventSink events;
    private final GuardClock clock;
    private final Ladder containerLadder;
    private final Ladder budgetLadder;
    private final WithheldKills withheld;
    private final Settlement settlement;
    private final EmergencyRule emergency = new EmergencyRule();
    private final Pace containerPace = new Pace();
    private final Pace budgetPace = new Pace();
    private @Nullable KillUnderWay underWay;
    private long coolUntilNanos = Long.MIN_VALUE;
    private long budgetUsed;
    private long budgetSettled;
    private long totalRss;

    Watchdog(
            SamplingConfig config,
            ContainerMeter container,
            List<KillPolicy> policies,
            EventSink events,
            GuardClock clock) {
        this.config = config;
        this.container = container;
        this.events = events;
        this.clock = clock;
        chooser = new VictimChooser(policies);
        withheld = new WithheldKills(events, clock);
        settlement = new Settlement(clock);
        containerLadder = new Ladder(
                Cause.CONTAINER_LIMIT, config.warnAt(), config.stopAdmittingAt(), config.killAt(), events, clock);
        budgetLadder = new Ladder(
                Cause.MEMORY_BUDGET, config.warnAt(), config.stopAdmittingAt(), config.budgetKillAt(), events, clock);
    }

    /** Returns the rule for when ending one execution at a time is not enough. */
    EmergencyRule emergency() {
        return emergency;
    }

    /** Looks at the readings of this tick and acts. */
    void step(List<ExecutionMeter> meters, long nowNanos) {
        measureBudget(meters, nowNanos);
        followKill(meters, nowNanos);
        checkContainer(meters, nowNanos);
        checkBudget(meters, nowNanos);
        checkExecutionLimits(meters, nowNanos);
    }

    /** Returns whether the container's use is so near its threshold that the raw number alone does not say enough. */
    boolean needsExactMemory(long longestNanos) {
        if (!container.isBounded()) {
            return false;
        }
        long headroom = containerLadder.killBytes(container.limitBytes()) - container.rawBytes();
        return containerPace.pauseNanos(headroom, Pace.SHORTEST_NANOS, longestNanos) < longestNanos;
    }

    /** Returns whether the container's use is beyond its threshold, so that the choice must be made on fresh trees. */
    boolean isContainerBreached() {
        return container.isBounded()
                && container.unreclaimableBytes() >= containerLadder.killBytes(container.limitBytes());
    }

    /** Returns how long to wait until the container must be looked at again. */
    long containerPauseNanos(long longestNanos) {
        if (underWay != null) {
            return Math.min(longestNanos, 10_000_000L);
        }
        if (!container.isBounded()) {
            return longestNanos;
        }
        long headroom = containerLadder.killBytes(container.limitBytes()) - container.unreclaimableBytes();
        // Beyond the threshold with nobody to end, looking every 2 ms would help nobody.
        long shortest = headroom < 0 ? 50_000_000L : Pace.SHORTEST_NANOS;
        return containerPace.pauseNanos(headroom, shortest, longestNanos);
    }

    /** Returns how long to wait until the trees must be looked at again. */
    long treePauseNanos(List<ExecutionMeter> meters, long shortestNanos, long longestNanos, long nowNanos) {
        long pause = longestNanos;
        if (config.memoryBudget().isPresent() && !meters.isEmpty()) {
            long headroom = budgetLadder.killBytes(config.memoryBudget().get().bytes()) - budgetUsed;
            pause = budgetPace.pauseNanos(headroom, shortestNanos, longestNanos);
        }
        for (int i = 0; i < meters.size(); i++) {
            ExecutionMeter meter = meters.get(i);
            if (meter.watched().memoryLimit().isPresent()) {
                long headroom = meter.watched().memoryLimit().get().bytes() - meter.estimateBytes(nowNanos);
                pause = Math.min(pause, budgetPace.pauseNanos(headroom, shortestNanos, longestNanos));
            }
        }
        return pause;
    }

    MemoryRung rung() {
        MemoryRung first = containerLadder.rung();
        MemoryRung second = budgetLadder.rung();
        return first.compareTo(second) >= 0 ? first : second;
    }

    /** Returns what all of them are known to hold; a suspicion that is not settled yet is nobody else's business. */
    long budgetUsedBytes() {
        return budgetSettled;
    }

    long totalRssBytes() {
        return totalRss;
    }

    /** Returns where the budget's kill rung is, under a budget of {@code limit}. */
    long budgetKillBytes(long limit) {
        return budgetLadder.killBytes(limit);
    }

    /** Returns what lies between the container's threshold and its limit, or -1 if there is no limit. */
    long roomBytes() {
        return container.isBounded() ? container.limitBytes() - containerLadder.killBytes(container.limitBytes()) : -1;
    }

    private void measureBudget(List<ExecutionMeter> meters, long nowNanos) {
        long used = 0;
        long settled = 0;
        long rss = 0;
        for (int i = 0; i < meters.size(); i++) {
            used += meters.get(i).estimateBytes(nowNanos);
            settled += meters.get(i).settledBytes(nowNanos);
            rss += meters.get(i).rssBytes();
        }
        budgetUsed = used;
        budgetSettled = settled;
        totalRss = rss;
    }

    private void checkContainer(List<ExecutionMeter> meters, long nowNanos) {
        if (!container.isBounded()) {
            return;
        }
        long limit = container.limitBytes();
        long used = container.unreclaimableBytes();
        containerPace.observe(used, nowNanos);
        containerLadder.stand(used, limit);
        long threshold = containerLadder.killBytes(limit);
        if (used >= threshold) {
            consider(new Breach(Cause.CONTAINER_LIMIT, used, threshold, limit, container.rawBytes()), meters, nowNanos);
        } else {
            withheld.clear(Cause.CONTAINER_LIMIT);
        }
        emergency.look(used, threshold, limit, underWay, nowNanos);
    }

    private void checkBudget(List<ExecutionMeter> meters, long nowNanos) {
        if (config.memoryBudget().isEmpty()) {
            return;
        }
        long limit = config.memoryBudget().get().bytes();
        long threshold = budgetLadder.killBytes(limit);
        if (budgetUsed >= threshold) {
            // RSS sums only raise the suspicion; PSS settles it.
            settlement.settle(meters, nowNanos);
            measureBudget(meters, nowNanos);
        }
        budgetPace.observe(budgetUsed, nowNanos);
        budgetLadder.stand(budgetSettled, limit);
        if (budgetUsed >= threshold && budgetSettled < threshold) {
            withheld.tell(
                    Cause.MEMORY_BUDGET,
                    budgetUsed,
                    threshold,
                    nowNanos,
                    "only the sum of RSS says so, which counts shared pages many times");
        } else if (budgetUsed >= threshold) {
            consider(new Breach(Cause.MEMORY_BUDGET, budgetUsed, threshold, limit, totalRss), meters, nowNanos);
        } else {
            withheld.clear(Cause.MEMORY_BUDGET);
        }
    }

    private void checkExecutionLimits(List<ExecutionMeter> meters, long nowNanos) {
        for (int i = 0; i < meters.size(); i++) {
            ExecutionMeter meter = meters.get(i);
            if (meter.watched().memoryLimit().isEmpty() || !meter.watched().mayBeCondemned()) {
                continue;
            }
            long limit = meter.watched().memoryLimit().get().bytes();
            if (meter.estimateBytes(nowNanos) >= limit && meter.isAmbiguous()) {
                meter.settle(nowNanos, clock);
            }
            long used = meter.settledBytes(nowNanos);
            if (used >= limit) {
                consider(
                        new Breach(Cause.EXECUTION_LIMIT, used, limit, limit, meter.rssBytes()),
                        List.of(meter),
                        nowNanos);
            }
        }
    }

    /** A bound that was crossed: what was used, where it may act, of what, and the raw number behind it. */
    private record Breach(Cause cause, long used, long threshold, long limit, long raw) {}

    private void consider(Breach breach, List<ExecutionMeter> meters, long nowNanos) {
        if (underWay != null) {
            withheld.tell(
                    breach.cause(),
                    breach.used(),
                    breach.threshold(),
                    nowNanos,
                    "a kill is under way: " + underWay.victim().notebook() + " is dying");
            return;
        }
        if (nowNanos < coolUntilNanos && (config.dryRun() || !isRunningOut(breach))) {
            withheld.tell(
                    breach.cause(), breach.used(), breach.threshold(), nowNanos, "cooling down after the last kill");
            return;
        }
        List<ExecutionMeter> eligible = new ArrayList<>();
        for (ExecutionMeter meter : meters) {
            if (meter.watched().mayBeCondemned()) {
                eligible.add(meter);
            }
        }
        if (eligible.isEmpty()) {
            withheld.tell(
                    breach.cause(),
                    breach.used(),
                    breach.threshold(),
                    nowNanos,
                    "no running execution of this guard is left to end: the memory is held by others");
            return;
        }
        settleChoice(eligible, breach, nowNanos);
        Breach now = recheck(breach);
        if (now.used() < now.threshold()) {
            withheld.tell(
                    breach.cause(),
                    now.used(),
                    now.threshold(),
                    nowNanos,
                    "use fell back below the threshold by itself");
            return;
        }
        end(now, eligible, nowNanos);
    }

    /** Half of what was left at the threshold is gone: no time to be patient. */
    private static boolean isRunningOut(Breach breach) {
        return breach.cause() == Cause.CONTAINER_LIMIT
                && breach.used() >= breach.threshold() + (breach.limit() - breach.threshold()) / 2;
    }

    /** Reads the container again: settling takes time, and a victim may have freed its memory by itself meanwhile. */
    private Breach recheck(Breach breach) {
        if (breach.cause() != Cause.CONTAINER_LIMIT) {
            return breach;
        }
        container.sample();
        if (!container.isBounded()) {
            return breach;
        }
        long limit = container.limitBytes();
        return new Breach(
                breach.cause(),
                container.unreclaimableBytes(),
                containerLadder.killBytes(limit),
                limit,
                container.rawBytes());
    }

    private void settleChoice(List<ExecutionMeter> eligible, Breach breach, long nowNanos) {
        if (eligible.size() < 2) {
            return;
        }
        if (breach.cause() != Cause.CONTAINER_LIMIT) {
            settlement.settle(eligible, nowNanos);
            return;
        }
        double secondsLeft = (breach.limit() - breach.used()) / Math.max(1e9, containerPace.fillRate());
        settlement.settleHeaviest(eligible, nowNanos, (long) (secondsLeft * 0.5e9));
    }

    private void end(Breach breach, List<ExecutionMeter> eligible, long nowNanos) {
        List<Candidate> candidates = new ArrayList<>(eligible.size());
        for (ExecutionMeter meter : eligible) {
            candidates.add(meter.candidate(nowNanos));
        }
        candidates.sort(Comparator.comparing(Candidate::memory).reversed());
        VictimChooser.Choice choice = chooser.choose(new KillSituation(
                breach.cause(),
                ByteSize.ofBytes(breach.used()),
                ByteSize.ofBytes(breach.threshold()),
                ByteSize.ofBytes(breach.limit()),
                candidates));
        KillScenario scenario = new KillScenario(
                clock.instant(),
                breach.cause(),
                ByteSize.ofBytes(breach.used()),
                ByteSize.ofBytes(breach.threshold()),
                ByteSize.ofBytes(breach.limit()),
                ByteSize.ofBytes(breach.raw()),
                choice.policy(),
                choice.victim().rationale(),
                choice.victim().id(),
                candidates,
                config.dryRun());
        for (ExecutionMeter meter : eligible) {
            if (meter.watched().id().equals(choice.victim().id())) {
                send(meter, scenario, nowNanos);
                return;
            }
        }
    }

    private void send(ExecutionMeter meter, KillScenario scenario, long nowNanos) {
        Watched victim = meter.watched();
        if (config.dryRun()) {
            coolUntilNanos = nowNanos + DRY_RUN_PAUSE_NANOS;
            tellTerminated(victim, scenario);
            return;
        }
        if (!victim.condemn(scenario)) {
            withheld.tell(
                    scenario.cause(),
                    scenario.used().bytes(),
                    scenario.threshold().bytes(),
                    nowNanos,
                    victim.notebook() + " was chosen, and ended by itself");
            return;
        }
        victim.kill();
        underWay = new KillUnderWay(victim, scenario, meter.estimateBytes(nowNanos), nowNanos);
        tellTerminated(victim, scenario);
    }

    private void tellTerminated(Watched victim, KillScenario scenario) {
        GuardEvent.Terminated event = new GuardEvent.Terminated(scenario.decidedAt(), victim.notebook(), scenario);
        log.warn("{}", event.message());
        events.publish(event);
    }

    private void followKill(List<ExecutionMeter> meters, long nowNanos) {
        KillUnderWay kill = underWay;
        if (kill == null) {
            return;
        }
        long used = usedInScope(kill, meters, nowNanos);
        if (kill.isConfirmed(used, nowNanos)) {
            emergency.confirmed();
            events.publish(new GuardEvent.KillConfirmed(
                    clock.instant(),
                    kill.victim().id(),
                    kill.victim().notebook(),
                    Duration.ofNanos(kill.dyingNanos()),
                    ByteSize.ofBytes(kill.freedBytes(used))));
        } else if (kill.ageNanos(nowNanos) >= config.killTimeout().toNanos()) {
            emergency.gaveUp(kill);
            String message = kill.victim().notebook() + " was sent SIGKILL "
                    + Duration.ofNanos(kill.ageNanos(nowNanos)).toMillis()
                    + " ms ago and is not gone; it is given up, the next may be ended";
            log.error("{}", message);
            events.publish(new GuardEvent.KillUnconfirmed(
                    clock.instant(),
                    kill.victim().id(),
                    kill.victim().notebook(),
                    Duration.ofNanos(kill.ageNanos(nowNanos)),
                    message));
        } else {
            return;
        }
        underWay = null;
        coolUntilNanos = nowNanos + config.coolDown().toNanos();
    }

    private long usedInScope(KillUnderWay kill, List<ExecutionMeter> meters, long nowNanos) {
        return switch (kill.scenario().cause()) {
            case CONTAINER_LIMIT -> container.isBounded() ? container.unreclaimableBytes() : 0;
            case MEMORY_BUDGET -> budgetUsed;
            case EXECUTION_LIMIT -> {
                for (ExecutionMeter meter : meters) {
                    if (meter.watched() == kill.victim()) {
                        yield meter.estimateBytes(nowNanos);
                    }
                }
                yield 0;
            }
        };
    }
}
