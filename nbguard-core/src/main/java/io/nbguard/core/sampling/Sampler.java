package io.nbguard.core.sampling;

import io.nbguard.api.GuardClock;
import io.nbguard.core.event.EventSink;
import io.nbguard.core.measure.ExecutionMeter;
import io.nbguard.core.measure.NodeMeter;
import io.nbguard.core.measure.PssReadings;
import io.nbguard.core.measure.RateWindow;
import io.nbguard.core.measure.TreeReader;
import io.nbguard.core.thread.Turn;
import io.nbguard.core.watchdog.KernelOomWatch;
import io.nbguard.core.watchdog.Watchdog;
import io.nbguard.spi.probe.Gauge;
import io.nbguard.spi.process.FreezeReason;
import io.nbguard.spi.process.SampleDepth;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The loop as one thread runs it: measure, decide, act, report. All that changes from tick to tick is in here, so that a thread
 * that hangs can be left behind with it, and another begins with a sampler of its own.
 *
 * <p>No failure of one step keeps the others from being made, and none ends the thread. Sampling thread only, but for
 * {@link #watching}, {@link #fullTicks} and {@link #kernelOom}; a steady tick allocates nothing.
 */
final class Sampler {

    /** After a tick that failed: soon, because what failed may have been a kill, and not at once, because it may fail again. */
    private static final long FAILED_PAUSE_NANOS = 20_000_000L;

    private final Turn turn;
    private final LoopState state;
    private final GuardClock clock;
    private final NodeMeter node;
    private final TreeReader trees;
    private final PssReadings pssReadings;
    private final Watchdog watchdog;
    private final KernelOomWatch kernelOom;
    private final WarmUp warmUp;
    private final LoopFailures failures;
    private final LoopReports reports;
    private final TickSchedule schedule;
    private final TickWriter writer;

    private final Watching watching = new Watching();
    private final List<ExecutionMeter> meters = new ArrayList<>();
    private final RateWindow nodeCpu = new RateWindow();
    private final LoopTimer timer = new LoopTimer();
    private final FullTicks asked = new FullTicks();
    private final HeapReserve reserve = new HeapReserve();

    /**
     * Makes one for a turn.
     *
     * @param before the sampler of the turn before, after which there is nothing left to warm up; null in the first turn
     */
    Sampler(Turn turn, LoopState state, LoopParts parts, @Nullable Sampler before) {
        this.turn = turn;
        this.state = state;
        clock = parts.clock();
        failures = new LoopFailures(turn, parts.events(), clock, parts.log());
        EventSink events = new TurnEvents(turn, parts.events(), failures);
        node = parts.sources().node(turn, events, parts.config().nodeLimit());
        trees = parts.sources().trees(turn, failures::note);
        pssReadings = new PssReadings(clock, before != null && before.pssReadings.isHeldUp());
        watchdog = new Watchdog(
                parts.config(),
                node,
                parts.chooser(),
                parts.remoteWatchdog(),
                new LoggedEvents(events, parts.log()),
                failures::note,
                turn,
                clock);
        watchdog.onEmergency(state::emergency);
        kernelOom = new KernelOomWatch(events, clock);
        warmUp = before == null
                ? new WarmUp(this::warmUpLook, parts.warmUpLoops())
                : WarmUp.over(before.warmUp.decisionNanos());
        reports = new LoopReports(events, clock, failures);
        schedule = new TickSchedule(parts.config().interval().toNanos());
        writer = new TickWriter(turn, state, parts, node, trees, watchdog, timer, warmUp, failures);
    }

    private void warmUpLook() {
        turn.check();
        node.sample();
        trees.warmUp();
    }

    /** Returns what executions are wanted to be watched. Any thread. */
    Watching watching() {
        return watching;
    }

    /** Returns the callers that wait for a tick in which everything is read. Any thread. */
    FullTicks fullTicks() {
        return asked;
    }

    /** Returns what is known of kills by the kernel. Any thread. */
    KernelOomWatch kernelOom() {
        return kernelOom;
    }

    Watchdog watchdog() {
        return watchdog;
    }

    LoopTimer timer() {
        return timer;
    }

    WarmUp warmUp() {
        return warmUp;
    }

    LoopFailures failures() {
        return failures;
    }

    /** Makes the next tick due now, and read the trees. */
    void woken() {
        schedule.readTreesNext();
        timer.dueNow(clock.nanoTime());
    }

    /**
     * Takes over from an earlier turn: lets all go on that it may have left frozen, and takes in what was read of them last,
     * for the tracker may be what stands still.
     */
    void takeOver() {
        long now = clock.nanoTime();
        watching.fulfil(meters, watchdog, now);
        for (int i = 0; i < meters.size(); i++) {
            try {
                meters.get(i).update(now);
                meters.get(i).watched().group().thaw(FreezeReason.BYSTANDER);
            } catch (Throwable e) {
                failures.note(e);
            }
        }
        watchdog.treesRead(meters, now);
    }

    /**
     * Makes one tick; returns nanoseconds until the next is due.
     *
     * @throws Turn.TurnOver if another thread runs the loop by now
     */
    long tick() {
        // A pending interrupt would close every kept descriptor at its next read.
        Thread.interrupted();
        turn.check();
        long now = clock.nanoTime();
        timer.begin(now);
        boolean busy = watchdog.isBusy();
        boolean whole = measureAndDecide(now);
        while (!whole && failures.takeOutOfMemory() && reserve.release(now)) {
            // What was to be decided is decided with what is kept for this moment.
            whole = measureAndDecide(now);
        }
        long pause = whole
                ? schedule.planNext(watchdog.nodePauseNanos(schedule.intervalNanos(), now), now)
                : Math.min(schedule.intervalNanos(), FAILED_PAUSE_NANOS);
        state.admission.stand(watchdog.rung(), failures);
        reports.lateness(timer, now);
        timer.end(clock.nanoTime(), pause, busy || !watchdog.isBusy());
        readPss(now, pause);
        writer.write(meters, nodeCpu.perSecond() / 1e9, now, pause);
        state.nextTickNanos = timer.dueNanos();
        asked.served();
        failures.tell(now);
        reserve.refill(now);
        return pause;
    }

    /** Returns whether every step was made. */
    private boolean measureAndDecide(long now) {
        try {
            boolean changed = fulfil(now);
            // In the final approach everything that can wait does.
            boolean approached = watchdog.node().isApproached();
            boolean wanted = !approached && asked.take();
            boolean full = wanted || (schedule.isFullDue(now) && !approached);
            look(full, now);
            SampleDepth depth = full ? SampleDepth.FULL : SampleDepth.USAGE;
            boolean read = node.isDoubtful() && readTrees(depth, now);
            if (read) {
                node.settleDoubt();
                watchdog.node().looked(now);
            }
            boolean due = full || (schedule.areTreesDue(now) && !approached) || watchdog.needsTrees(now);
            read = read || (due && readTrees(depth, now));
            if (full) {
                lookForKernelOom(wanted, now);
            }
            boolean fresh = read || changed;
            boolean decided = watchdog.step(meters, fresh, now);
            if (fresh) {
                schedule.boundsWait(watchdog.treePauseNanos(
                        meters, TickSchedule.SHORTEST_TREE_PAUSE_NANOS, schedule.intervalNanos(), now));
            }
            if (!decided || (due && !read)) {
                // Frozen bystanders run again: the victim cannot be followed.
                watchdog.thaw(now);
            }
            return decided;
        } catch (Throwable e) {
            // The watchdog must not die of one bad tick, not even of an OutOfMemoryError of its host.
            failures.note(e);
            watchdog.thaw(now);
            return false;
        }
    }

    private boolean fulfil(long now) {
        try {
            return watching.fulfil(meters, watchdog, now);
        } catch (Throwable e) {
            // Those that are watched already are looked after all the same.
            failures.note(e);
            return false;
        }
    }

    private void look(boolean full, long now) {
        if (full) {
            readNode(now);
        } else {
            node.sampleMemory();
            if (watchdog.node().needsExact(now)) {
                node.sample();
                watchdog.node().looked(now);
            }
        }
    }

    private void readNode(long now) {
        node.sample();
        watchdog.node().looked(now);
        schedule.fullRead(now);
        reports.nodeRead(node.gauges());
        if (node.gauges().hasValue(Gauge.CPU_USAGE)) {
            nodeCpu.observe(node.gauges().value(Gauge.CPU_USAGE), node.gauges().source(Gauge.CPU_USAGE), now);
        }
    }

    private boolean readTrees(SampleDepth depth, long now) {
        schedule.treesRead(now);
        if (!trees.read(depth, meters, now)) {
            return false;
        }
        writer.treesRead();
        watchdog.treesRead(meters, now);
        node.treesRead(meters);
        return true;
    }

    private void lookForKernelOom(boolean wanted, long now) {
        try {
            kernelOom.look(node.gauges(), watchdog.node(), meters, now, wanted);
        } catch (Throwable e) {
            // It explains what has happened; what is to happen does not hang on it.
            failures.note(e);
        }
    }

    /** In the pause and not in the tick: nothing waits for it, and it is over before the next look is due. */
    private void readPss(long now, long pause) {
        if (!writer.hasNewRows() || watchdog.isBusy() || watchdog.node().isBreached()) {
            return;
        }
        try {
            pssReadings.make(meters, now, pause);
        } catch (Throwable e) {
            failures.note(e);
        }
        turn.check();
    }
}
