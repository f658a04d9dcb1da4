package io.nbguard.core.sampling;

import io.nbguard.api.GuardClock;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Reading;
import io.nbguard.api.watchdog.MemoryRung;
import io.nbguard.api.watchdog.WatchdogMode;
import io.nbguard.core.event.EventSink;
import io.nbguard.core.measure.ExecutionMeter;
import io.nbguard.core.measure.NodeMeter;
import io.nbguard.core.measure.PssReadings;
import io.nbguard.core.measure.RateWindow;
import io.nbguard.core.measure.TreeReader;
import io.nbguard.core.thread.Turn;
import io.nbguard.core.watchdog.KernelOomWatch;
import io.nbguard.core.watchdog.RemoteWatchdog;
import io.nbguard.core.watchdog.VictimChooser;
import io.nbguard.core.watchdog.Watchdog;
import io.nbguard.spi.probe.Gauge;
import io.nbguard.spi.process.FreezeReason;
import io.nbguard.spi.process.SampleDepth;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The loop as one thread runs it: measure, decide, act, tell. All that changes from tick to tick is in here, so that a thread
 * that hangs can be left behind with it, and another begins with a sampler of its own.
 *
 * <p>No failure of one step keeps the others from being made, and none ends the thread. Sampling thread only, but for
 * {@link #watching}, {@link #fullTicks} and {@link #kernelOom}; a steady tick allocates nothing.
 */
final class Sampler {

    private static final long SHORTEST_TREE_PAUSE_NANOS = 20_000_000L;
    private static final long LATE_NANOS = 20_000_000L;
    private static final long TELL_AGAIN_NANOS = 10_000_000_000L;

    /** After a tick that failed: soon, because what failed may have been a kill, and not at once, because it may fail again. */
    private static final long FAILED_PAUSE_NANOS = 20_000_000L;

    private final Turn turn;
    private final LoopState state;
    private final RemoteWatchdog remoteWatchdog;
    private final EventSink events;
    private final GuardClock clock;
    private final long intervalNanos;
    private final NodeMeter node;
    private final TreeReader trees;
    private final VictimChooser chooser;
    private final Watchdog watchdog;
    private final Degradations degradations;
    private final KernelOomWatch kernelOom;
    private final LoopFailures failures;
    private final WarmUp warmUp;
    private final PssReadings pssReadings;

    private final Watching watching = new Watching();
    private final List<ExecutionMeter> meters = new ArrayList<>();
    private final RateWindow nodeCpu = new RateWindow();
    private final LoopTimer timer = new LoopTimer();
    private final FullTicks asked = new FullTicks();
    private final HeapReserve reserve = new HeapReserve();

    private long ticks;
    private long nextFullNanos = Long.MIN_VALUE;
    private long nextTreesNanos = Long.MIN_VALUE;
    private long lastTreesNanos;
    private long boundsPauseNanos;
    private boolean rowsDue;
    private long lastLimit = -1;
    private long lagToldNanos = Long.MIN_VALUE;

    /**
     * Makes one for a turn.
     *
     * @param before the sampler of the turn before, after which there is nothing left to warm up; null in the first turn
     */
    Sampler(Turn turn, LoopState state, LoopParts parts, @Nullable Sampler before) {
        this.turn = turn;
        this.state = state;
        ticks = state.ticks;
        remoteWatchdog = parts.remoteWatchdog();
        clock = parts.clock();
        intervalNanos = parts.config().interval().toNanos();
        failures = new LoopFailures(turn, parts.events(), clock, parts.log());
        events = new TurnEvents(turn, parts.events(), failures);
        node = parts.sources().node(turn, events, parts.config().nodeLimit());
        trees = parts.sources().trees(turn, failures::note);
        chooser = parts.chooser();
        watchdog = new Watchdog(
                parts.config(),
                node,
                chooser,
                remoteWatchdog,
                new LoggedEvents(events, parts.log()),
                failures::note,
                turn,
                clock);
        watchdog.onEmergency(state::emergency);
        degradations = new Degradations(events, clock);
        kernelOom = new KernelOomWatch(events, clock);
        pssReadings = new PssReadings(clock, before != null && before.pssReadings.isHeldUp());
        warmUp = before == null
                ? new WarmUp(this::warmUpLook, parts.warmUpLoops())
                : WarmUp.over(before.warmUp.decisionNanos());
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

    /** Makes the next tick read everything. */
    void woken() {
        nextTreesNanos = Long.MIN_VALUE;
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
        long pause = whole ? pauseNanos(now) : Math.min(intervalNanos, FAILED_PAUSE_NANOS);
        noteAdmission();
        tellIfLate(now);
        timer.end(clock.nanoTime(), pause, busy || !watchdog.isBusy());
        readPss(now, pause);
        leaveFrame(now, pause);
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
            boolean full = wanted || (now >= nextFullNanos && !approached);
            look(full, now);
            SampleDepth depth = full ? SampleDepth.FULL : SampleDepth.USAGE;
            boolean read = node.isDoubtful() && readTrees(depth, now);
            if (read) {
                node.settleDoubt();
                watchdog.node().looked(now);
            }
            boolean due = full || (now >= nextTreesNanos && !approached) || watchdog.needsTrees(now);
            read = read || (due && readTrees(depth, now));
            if (full) {
                lookForKernelOom(wanted, now);
            }
            boolean fresh = read || changed;
            boolean decided = watchdog.step(meters, fresh, now);
            if (fresh) {
                boundsPauseNanos = watchdog.treePauseNanos(meters, SHORTEST_TREE_PAUSE_NANOS, intervalNanos, now);
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
            sampleAll(now);
        } else {
            node.sampleMemory();
            if (watchdog.node().needsExact(now)) {
                node.sample();
                watchdog.node().looked(now);
            }
        }
    }

    private boolean readTrees(SampleDepth depth, long now) {
        lastTreesNanos = now;
        if (!trees.read(depth, meters, now)) {
            return false;
        }
        rowsDue = true;
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

    private void sampleAll(long now) {
        node.sample();
        watchdog.node().looked(now);
        nextFullNanos = now + intervalNanos;
        try {
            degradations.look(node.gauges());
            noteLimit();
        } catch (Throwable e) {
            // A failure of these reports must not prevent the decision.
            failures.note(e);
        }
        if (node.gauges().hasValue(Gauge.CPU_USAGE)) {
            nodeCpu.observe(node.gauges().value(Gauge.CPU_USAGE), node.gauges().source(Gauge.CPU_USAGE), now);
        }
    }

    private long pauseNanos(long now) {
        long nodePause = watchdog.nodePauseNanos(intervalNanos, now);
        // Trees decide only who, not when, at the node's limit: a sixteenth of its pace is enough for the choice.
        long treePause = Math.min(boundsPauseNanos, Math.max(SHORTEST_TREE_PAUSE_NANOS, 16 * nodePause));
        nextTreesNanos = lastTreesNanos + treePause;
        return nodePause == 0 ? 0 : Math.max(Math.min(nodePause, nextTreesNanos - now), Watchdog.SHORTEST_PAUSE_NANOS);
    }

    private void noteLimit() {
        long limit = node.gauges().valueOr(Gauge.MEMORY_LIMIT, -1);
        if (lastLimit >= 0 && limit != lastLimit) {
            String source = node.gauges().source(Gauge.MEMORY_LIMIT);
            Reading<ByteSize> previous = new Reading.Value<>(ByteSize.ofBytes(lastLimit), source);
            Reading<ByteSize> next = limit >= 0
                    ? new Reading.Value<>(ByteSize.ofBytes(limit), source)
                    : node.gauges().isUnlimited(Gauge.MEMORY_LIMIT)
                            ? new Reading.Unlimited<>(source)
                            : new Reading.Unavailable<>("see the degraded reading", source);
            events.publish(new GuardEvent.LimitChanged(clock.instant(), previous, next));
        }
        lastLimit = limit;
    }

    private void noteAdmission() {
        boolean now = watchdog.rung().compareTo(MemoryRung.STOP_ADMITTING) < 0;
        if (now == state.admitting) {
            return;
        }
        state.admitting = now;
        for (int i = 0; now && i < state.whenAdmitting.size(); i++) {
            try {
                state.whenAdmitting.get(i).run();
            } catch (Throwable e) {
                failures.note(e);
            }
        }
    }

    private void tellIfLate(long now) {
        if (!timer.isLateBeyondPlan(LATE_NANOS)
                || (lagToldNanos != Long.MIN_VALUE && now - lagToldNanos < TELL_AGAIN_NANOS)) {
            return;
        }
        lagToldNanos = now;
        try {
            events.publish(new GuardEvent.LoopLagged(
                    clock.instant(), Duration.ofNanos(timer.lagNanos()), timer.missedTicks()));
        } catch (Throwable e) {
            failures.note(e);
        }
    }

    /** In the pause and not in the tick: nothing waits for it, and it is over before the next look is due. */
    private void readPss(long now, long pause) {
        if (!rowsDue || watchdog.isBusy() || watchdog.node().isBreached()) {
            return;
        }
        try {
            pssReadings.make(meters, now, pause);
        } catch (Throwable e) {
            failures.note(e);
        }
        turn.check();
    }

    private void leaveFrame(long now, long pause) {
        state.lastTickNanos = clock.nanoTime();
        state.ticks = ++ticks;
        TickReadings readings = state.readings;
        if (!readings.lock.tryLock()) {
            return;
        }
        try {
            turn.check();
            fill(readings, now, pause);
        } catch (Throwable e) {
            failures.note(e);
        } finally {
            readings.lock.unlock();
        }
    }

    private void fill(TickReadings readings, long now, long pause) {
        readings.sequence = ticks;
        readings.takenNanos = now;
        readings.node.copyAll(node.gauges());
        readings.nodeCores = nodeCpu.perSecond() / 1e9;
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
        if (rowsDue) {
            readings.dyingNanos = watchdog.dyingNanos(meters, now);
            leaveRows(readings, now);
            rowsDue = false;
        }
    }

    /** Only where trees were read: near the limit most ticks, hundreds a second, look at the node alone. */
    private void leaveRows(TickReadings readings, long now) {
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
