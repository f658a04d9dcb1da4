package io.nbguard.core.sampling;

import io.nbguard.api.GuardClock;
import io.nbguard.api.watchdog.WatchdogMode;
import io.nbguard.core.measure.ExecutionMeter;
import io.nbguard.core.measure.NodeMeter;
import io.nbguard.core.measure.TreeReader;
import io.nbguard.core.thread.Turn;
import io.nbguard.core.watchdog.RemoteWatchdog;
import io.nbguard.core.watchdog.VictimChooser;
import io.nbguard.core.watchdog.Watchdog;
import java.util.List;

/**
 * Writes the {@link TickReadings} of each tick for other threads. It does not wait for a reader: a tick during which one copies
 * is left out. Sampling thread only; allocates nothing in a steady tick.
 */
final class TickWriter {

    private final Turn turn;
    private final LoopState state;
    private final NodeMeter node;
    private final TreeReader trees;
    private final Watchdog watchdog;
    private final RemoteWatchdog remoteWatchdog;
    private final VictimChooser chooser;
    private final LoopTimer timer;
    private final WarmUp warmUp;
    private final LoopFailures failures;
    private final GuardClock clock;
    private long ticks;
    private boolean rowsDue;

    TickWriter(
            Turn turn,
            LoopState state,
            LoopParts parts,
            NodeMeter node,
            TreeReader trees,
            Watchdog watchdog,
            LoopTimer timer,
            WarmUp warmUp,
            LoopFailures failures) {
        this.turn = turn;
        this.state = state;
        this.node = node;
        this.trees = trees;
        this.watchdog = watchdog;
        this.timer = timer;
        this.warmUp = warmUp;
        this.failures = failures;
        remoteWatchdog = parts.remoteWatchdog();
        chooser = parts.chooser();
        clock = parts.clock();
        ticks = state.ticks;
    }

    /** The trees were read: the next tick that is written has new rows. */
    void treesRead() {
        rowsDue = true;
    }

    /** Returns whether the trees were read since rows were written last. */
    boolean hasNewRows() {
        return rowsDue;
    }

    /**
     * Writes a tick.
     *
     * @param nodeCores how many cores the node uses
     * @param pause how long the loop pauses after it
     */
    void write(List<ExecutionMeter> meters, double nodeCores, long now, long pause) {
        state.lastTickNanos = clock.nanoTime();
        state.ticks = ++ticks;
        TickReadings readings = state.readings;
        if (!readings.lock.tryLock()) {
            return;
        }
        try {
            turn.check();
            fill(readings, nodeCores, now, pause);
            if (rowsDue) {
                readings.dyingNanos = watchdog.dyingNanos(meters, now);
                writeRows(readings, meters, now);
                rowsDue = false;
            }
        } catch (Throwable e) {
            failures.note(e);
        } finally {
            readings.lock.unlock();
        }
    }

    private void fill(TickReadings readings, double nodeCores, long now, long pause) {
        readings.sequence = ticks;
        readings.takenNanos = now;
        readings.node.copyAll(node.gauges());
        readings.nodeCores = nodeCores;
        readings.rung = watchdog.rung();
        readings.tier = trees.tier();
        readings.roomBytes = watchdog.node().roomBytes();
        boolean standingBy = watchdog.isStandingBy();
        readings.watchdog = standingBy ? WatchdogMode.SIDECAR : WatchdogMode.IN_PROCESS;
        readings.reactionNanos = standingBy ? remoteWatchdog.reactionNanos() : reactionNanos();
        readings.totalRss = watchdog.totalRssBytes();
        readings.pauseNanos = pause;
        readings.lastTickNanos = timer.lastNanos();
        readings.slowestTickNanos = timer.slowestNanos();
        readings.lagNanos = timer.lagNanos();
        readings.missedTicks = timer.missedTicks();
    }

    /** Only where trees were read: near the limit most ticks, hundreds a second, look at the node alone. */
    private static void writeRows(TickReadings readings, List<ExecutionMeter> meters, long now) {
        readings.rowCount = 0;
        readings.budgetUsed = 0;
        for (int i = 0; i < meters.size(); i++) {
            readings.nextRow().take(meters.get(i), now);
            readings.budgetUsed += meters.get(i).held().bytes();
        }
        readings.trim();
    }

    /**
     * The pause before the look, how late it may be, another tick that is in its way, and the decision; and how long plugins
     * that are not nbguard's own may keep it waiting, once each, before it goes on without them.
     */
    private long reactionNanos() {
        return Watchdog.SHORTEST_PAUSE_NANOS
                + timer.worstLagNanos()
                + timer.slowestNanos()
                + node.longestNanos()
                + Math.max(warmUp.decisionNanos() + chooser.longestNanos(), watchdog.slowestDecisionNanos());
    }
}
