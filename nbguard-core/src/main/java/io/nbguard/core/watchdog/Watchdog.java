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

    private final ActiveStandby standby;
    private final NodeBound node;
    private final Reaper reaper;
    private final KillFollowUp followUp;
    private final Consumer<Throwable> failures;
    private final BudgetBound budget;
    private final ExecutionLimits executionLimits;
    private final WithheldKills withheld;
    private final PssRefinement refinement;
    private final EmergencyRule emergency = new EmergencyRule();
    private final HeaviestMargin margin = new HeaviestMargin();

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
        this.failures = failures;
        standby = new ActiveStandby(remoteWatchdog, events);
        withheld = new WithheldKills(standby, clock);
        refinement = new PssRefinement(clock);
        Ladder nodeLadder =
                new Ladder(Cause.NODE_LIMIT, config.warnAt(), config.stopAdmittingAt(), config.killAt(), events, clock);
        node = new NodeBound(nodeMeter, nodeLadder);
        followUp = new KillFollowUp(node, new Processors(nodeMeter), emergency, standby, clock);
        reaper = new Reaper(
                config,
                node,
                new VictimSelection(node, refinement, chooser, config.dryRun(), clock),
                followUp,
                withheld,
                standby,
                turn,
                clock);
        Pace filling = new Pace(Pace.ORDINARY_FILL);
        Ladder budgetLadder = new Ladder(
                Cause.MEMORY_BUDGET, config.warnAt(), config.stopAdmittingAt(), config.budgetKillAt(), events, clock);
        budget = new BudgetBound(config.memoryBudget(), budgetLadder, filling);
        executionLimits = new ExecutionLimits(reaper, filling, clock);
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
        followUp.thaw(nowNanos);
    }

    /** Forgets an execution that is watched no longer. */
    public void forget(Watched execution) {
        followUp.forget(execution);
    }

    /** Returns whether the remote watchdog is active, and this one only measures. */
    public boolean isStandingBy() {
        return standby.isStandingBy();
    }

    /** Takes in what was just read of the trees. */
    public void treesRead(List<ExecutionMeter> meters, long nowNanos) {
        margin.take(meters, nowNanos);
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
            budget.measure(meters, nowNanos);
            reaper.notice(meters, budget.usedBytes(), nowNanos);
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
                executionLimits.check(meters, budget.usedBytes(), nowNanos);
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
        long pause = executionLimits.pauseNanos(meters, shortestNanos, longestNanos, nowNanos);
        return budget.isSet() && !meters.isEmpty()
                ? Math.min(pause, budget.pauseNanos(shortestNanos, longestNanos))
                : pause;
    }

    /** Returns the higher of the rungs of node and budget. */
    public MemoryRung rung() {
        MemoryRung first = node.rung();
        MemoryRung second = budget.rung();
        return first.compareTo(second) >= 0 ? first : second;
    }

    /** Returns the sum of the RSS of all executions. */
    public long totalRssBytes() {
        return budget.rssBytes();
    }

    /** Returns where the budget's kill rung is; 0 without a budget. */
    public long budgetKillBytes() {
        return budget.isSet() ? budget.thresholdBytes() : 0;
    }

    /** Returns how long the heaviest takes to die while others go on; 0 where there are no others. */
    public long dyingNanos(List<ExecutionMeter> meters, long nowNanos) {
        return followUp.dyingNanos(meters, nowNanos);
    }

    private void checkNode(List<ExecutionMeter> meters, long nowNanos) {
        if (!node.isKnown()) {
            return;
        }
        if (node.isBreached()) {
            reaper.consider(node.breach(), meters, budget.usedBytes(), nowNanos);
        } else {
            withheld.clear(Cause.NODE_LIMIT);
        }
        // Published after the signal.
        node.climb();
        emergency.look(node.usedBytes(), node.thresholdBytes(), node.limitBytes(), reaper.underWay(), nowNanos);
    }

    private void checkBudget(List<ExecutionMeter> meters, long nowNanos) {
        if (!budget.isSet()) {
            return;
        }
        if (budget.isSuspected()) {
            refinement.settle(meters, nowNanos);
            budget.measure(meters, nowNanos);
        }
        budget.climb(nowNanos);
        if (!budget.isSuspected()) {
            withheld.clear(Cause.MEMORY_BUDGET);
        } else if (budget.isBreached()) {
            reaper.consider(budget.breach(), meters, budget.usedBytes(), nowNanos);
        } else {
            withheld.tell(
                    budget.breach(), nowNanos, "only the sum of RSS says so, which counts shared pages many times");
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
                    case MEMORY_BUDGET -> budget.usedBytes();
                    case EXECUTION_LIMIT -> victimBytes;
                };
        reaper.follow(used, budget.usedBytes() - victimBytes, meters, nowNanos);
    }
}
