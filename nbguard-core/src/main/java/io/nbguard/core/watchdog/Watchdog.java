package io.nbguard.core.watchdog;

import io.nbguard.api.GuardClock;
import io.nbguard.api.watchdog.KillScenario.Cause;
import io.nbguard.api.watchdog.MemoryRung;
import io.nbguard.core.event.EventSink;
import io.nbguard.core.measure.ExecutionMeter;
import io.nbguard.core.measure.NodeMeter;
import io.nbguard.core.measure.Watched;
import io.nbguard.core.thread.Turn;
import java.util.List;
import java.util.function.Consumer;

/**
 * Decides, on every tick's readings, whether an execution must end. Three bounds are watched: the node's limit, the
 * budget for all executions together, and an execution's own limit; the {@link Reaper} does the rest.
 *
 * <p>A decision <em>not</em> to kill beyond a threshold is an event too. Sampling thread only; allocates nothing unless a
 * bound is crossed.
 */
public final class Watchdog {

    /** The shortest pause between two looks outside the final approach. */
    public static final long SHORTEST_PAUSE_NANOS = Pace.SHORTEST_NANOS;

    /** What part of the time that is left may be spent on measuring PSS to choose the right victim. */
    public static final double PSS_SHARE_OF_TIME_LEFT = PssRefinement.SHARE_OF_TIME_LEFT;

    /** Often enough for people and for queued executions: when this watchdog is to act, its loop is woken. */
    private static final long STANDING_BY_PAUSE_NANOS = 20_000_000L;

    private static final int STANDING_BY_FACTOR = 8;

    private final WatchdogConfig config;
    private final ActiveStandby standby;
    private final NodeBound node;
    private final Reaper reaper;
    private final Consumer<Throwable> failures;
    private final GuardClock clock;
    private final Ladder nodeLadder;
    private final Ladder budgetLadder;
    private final WithheldKills withheld;
    private final PssRefinement refinement;
    private final EmergencyRule emergency = new EmergencyRule();
    private final HeaviestMargin margin = new HeaviestMargin();
    private final Pace budgetPace = new Pace(Pace.ORDINARY_FILL);
    private long budgetUsed;
    private long budgetSettled;
    private long totalRss;
    private long surelyHeld;

    /**
     * Makes one.
     *
     * @param chooser shared by all turns of a loop
     * @param failures takes what was thrown at one bound while the others were examined
     */
    public Watchdog(
            WatchdogConfig config,
            NodeMeter nodeMeter,
            VictimChooser chooser,
            RemoteWatchdog remoteWatchdog,
            EventSink events,
            Consumer<Throwable> failures,
            Turn turn,
            GuardClock clock) {
        this.config = config;
        this.failures = failures;
        this.clock = clock;
        standby = new ActiveStandby(remoteWatchdog, events);
        withheld = new WithheldKills(standby, clock);
        refinement = new PssRefinement(clock);
        nodeLadder =
                new Ladder(Cause.NODE_LIMIT, config.warnAt(), config.stopAdmittingAt(), config.killAt(), events, clock);
        budgetLadder = new Ladder(
                Cause.MEMORY_BUDGET, config.warnAt(), config.stopAdmittingAt(), config.budgetKillAt(), events, clock);
        node = new NodeBound(nodeMeter, nodeLadder);
        Processors processors = new Processors(nodeMeter);
        reaper = new Reaper(config, node, processors, chooser, refinement, withheld, emergency, standby, turn, clock);
    }

    /** Sets what is done, with the reason, when ending one execution at a time is not enough. */
    public void onEmergency(Consumer<String> action) {
        emergency.orders(action);
    }

    /** Returns the node's bound. */
    public NodeBound node() {
        return node;
    }

    /** Returns whether a kill was sent and is not confirmed yet. */
    public boolean isBusy() {
        return reaper.isBusy();
    }

    /** Returns the longest time that a decision took so far, from the look at the node to the signal. */
    public long slowestDecisionNanos() {
        return reaper.slowestDecisionNanos();
    }

    /** Begins to look for the slowest decision anew. */
    public void forgetSlowestDecision() {
        reaper.forgetSlowestDecision();
    }

    /** Thaws all executions that a kill under way had frozen: the loop fails, or ends. */
    public void thaw(long nowNanos) {
        reaper.thaw(nowNanos);
    }

    /** Forgets an execution that is watched no longer. */
    public void forget(Watched execution) {
        reaper.forget(execution);
    }

    /** Returns whether the remote watchdog is active, and this one only measures. */
    public boolean isStandingBy() {
        return standby.isStandingBy();
    }

    /** Takes in what was just read of the trees. */
    public void treesRead(List<ExecutionMeter> meters, long nowNanos) {
        margin.take(meters, nowNanos);
        long sum = 0;
        for (int i = 0; i < meters.size(); i++) {
            sum += meters.get(i).lowerBytes();
        }
        surelyHeld = sum / 2;
    }

    /** Returns what all of them held at the very least when the trees were read last: half of what was seen then. */
    public long surelyHeldBytes() {
        return surelyHeld;
    }

    /**
     * Returns whether the trees must be read in this tick, whenever they were read last: to follow a victim, and to choose
     * one, unless no execution can have overtaken the heaviest since.
     */
    public boolean needsTrees(long nowNanos) {
        return reaper.isBusy() || (node.isBreached() && !margin.isSafe(node.fillRate(), nowNanos));
    }

    /**
     * Looks at the readings of this tick and acts. What hangs on the trees alone is left for when there is something new to
     * say of them: far from the limit most ticks look at the node, and executions may be many.
     *
     * <p>Each bound is examined separately: a failure at one does not prevent the others.
     *
     * @param fresh whether the trees were read in this tick, or the set of watched executions has changed
     * @return whether all of it could be done
     */
    public boolean step(List<ExecutionMeter> meters, boolean fresh, long nowNanos) {
        standby.look(reaper.isBusy());
        boolean done = true;
        try {
            reaper.sendAgain();
        } catch (Throwable e) {
            done = noted(e);
        }
        if (fresh || node.isBreached()) {
            measureBudget(meters, nowNanos);
            reaper.notice(meters, budgetUsed, nowNanos);
        }
        try {
            followKill(meters, nowNanos);
        } catch (Throwable e) {
            done = noted(e);
        }
        try {
            checkNode(meters, nowNanos);
        } catch (Throwable e) {
            done = noted(e);
        }
        if (fresh) {
            try {
                checkBudget(meters, nowNanos);
            } catch (Throwable e) {
                done = noted(e);
            }
            try {
                checkExecutionLimits(meters, nowNanos);
            } catch (Throwable e) {
                done = noted(e);
            }
        }
        return done;
    }

    private boolean noted(Throwable failure) {
        failures.accept(failure);
        return false;
    }

    /** Returns how long to wait until the node must be looked at again; nothing in the final approach. */
    public long nodePauseNanos(long longestNanos, long nowNanos) {
        long pause = node.pauseNanos(reaper.pauseNanos(nowNanos), longestNanos, nowNanos);
        if (reaper.isBusy()) {
            pause = Math.min(longestNanos, reaper.pauseNanos(nowNanos));
        }
        return standby.isStandingBy()
                ? Math.min(longestNanos, Math.max(STANDING_BY_PAUSE_NANOS, STANDING_BY_FACTOR * pause))
                : pause;
    }

    /** Returns how long to wait until the trees must be looked at again. */
    public long treePauseNanos(List<ExecutionMeter> meters, long shortestNanos, long longestNanos, long nowNanos) {
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

    public MemoryRung rung() {
        MemoryRung first = nodeLadder.rung();
        MemoryRung second = budgetLadder.rung();
        return first.compareTo(second) >= 0 ? first : second;
    }

    public long totalRssBytes() {
        return totalRss;
    }

    /** Returns where the budget's kill rung is, under a budget of {@code limit}. */
    public long budgetKillBytes(long limit) {
        return budgetLadder.killBytes(limit);
    }

    /** Returns how long the heaviest takes to die while others go on; 0 where there are no others. */
    public long dyingNanos(List<ExecutionMeter> meters, long nowNanos) {
        if (meters.size() < 2) {
            return 0;
        }
        long heaviest = 0;
        for (int i = 0; i < meters.size(); i++) {
            heaviest = Math.max(heaviest, meters.get(i).estimateBytes(nowNanos));
        }
        return reaper.dyingNanos(heaviest);
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

    private void checkNode(List<ExecutionMeter> meters, long nowNanos) {
        if (!node.isKnown()) {
            return;
        }
        if (node.isBreached()) {
            reaper.consider(node.breach(), meters, budgetUsed, nowNanos);
        } else {
            withheld.clear(Cause.NODE_LIMIT);
        }
        // Published after the signal.
        node.climb();
        emergency.look(node.usedBytes(), node.thresholdBytes(), node.limitBytes(), reaper.underWay(), nowNanos);
    }

    private void checkBudget(List<ExecutionMeter> meters, long nowNanos) {
        if (config.memoryBudget().isEmpty()) {
            return;
        }
        long limit = config.memoryBudget().get().bytes();
        long threshold = budgetLadder.killBytes(limit);
        if (budgetUsed >= threshold) {
            // RSS sums only raise the suspicion; PSS settles it.
            refinement.settle(meters, nowNanos);
            measureBudget(meters, nowNanos);
        }
        budgetPace.observe(budgetUsed, nowNanos);
        budgetLadder.stand(budgetSettled, limit);
        if (budgetUsed >= threshold && budgetSettled < threshold) {
            withheld.tell(
                    new Breach(Cause.MEMORY_BUDGET, budgetUsed, threshold, limit, totalRss),
                    nowNanos,
                    "only the sum of RSS says so, which counts shared pages many times");
        } else if (budgetUsed >= threshold) {
            reaper.consider(
                    new Breach(Cause.MEMORY_BUDGET, budgetUsed, threshold, limit, totalRss),
                    meters,
                    budgetUsed,
                    nowNanos);
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
                reaper.consider(
                        new Breach(Cause.EXECUTION_LIMIT, used, limit, limit, meter.rssBytes()),
                        List.of(meter),
                        budgetUsed,
                        nowNanos);
            }
        }
    }

    private void followKill(List<ExecutionMeter> meters, long nowNanos) {
        KillUnderWay kill = reaper.underWay();
        if (kill == null) {
            return;
        }
        long victimBytes = 0;
        for (int i = 0; i < meters.size(); i++) {
            if (meters.get(i).watched() == kill.victim()) {
                victimBytes = meters.get(i).estimateBytes(nowNanos);
            }
        }
        long used =
                switch (kill.scenario().cause()) {
                    case NODE_LIMIT -> node.isKnown() ? node.usedBytes() : 0;
                    case MEMORY_BUDGET -> budgetUsed;
                    case EXECUTION_LIMIT -> victimBytes;
                };
        reaper.follow(used, budgetUsed - victimBytes, meters, nowNanos);
    }
}
