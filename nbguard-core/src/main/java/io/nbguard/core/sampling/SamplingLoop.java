package io.nbguard.core.sampling;

import io.nbguard.api.ByteSize;
import io.nbguard.api.GuardEvent;
import io.nbguard.api.MemoryRung;
import io.nbguard.api.Reading;
import io.nbguard.api.Snapshot;
import io.nbguard.api.WatchdogMode;
import io.nbguard.core.GuardClock;
import io.nbguard.core.event.EventSink;
import io.nbguard.core.plugin.PluginFaults;
import io.nbguard.spi.Gauge;
import io.nbguard.spi.KillPolicy;
import io.nbguard.spi.ProbeSession;
import io.nbguard.spi.SampleDepth;
import io.nbguard.spi.TrackerSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop at the heart of a guard: measure, decide, act, tell, on one thread of its own.
 *
 * <p>Two schedules run in it. The container's use is one cheap read, made as often as the headroom asks for: every
 * millisecond near the limit, and without any pause in the {@linkplain FinalApproach final approach}. The process trees
 * cost more and are read once per interval, and more often only near a bound that hangs on them. A steady tick allocates
 * nothing and takes no lock that a caller could hold.
 */
public final class SamplingLoop implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SamplingLoop.class);

    private static final long SHORTEST_TREE_PAUSE_NANOS = 20_000_000L;
    private static final long LATE_NANOS = 20_000_000L;
    private static final long SETTLING_PAUSE_NANOS = 50_000_000L;
    private static final long TELL_AGAIN_NANOS = 10_000_000_000L;

    private final Logger log;
    private final SamplingConfig config;
    private final long intervalNanos;
    private final ContainerMeter container;
    private final TrackerSession tracker;
    private final VictimChooser chooser;
    private final Watchdog watchdog;
    private final Degradations degradations;
    private final KernelOomWatch kernelOom;
    private final EventSink events;
    private final GuardClock clock;
    private final SamplerThread thread;
    private final SnapshotMaker snapshots;

    private final Queue<Change> changes = new ConcurrentLinkedQueue<>();
    private final List<ExecutionMeter> meters = new ArrayList<>();
    private final Frame frame = new Frame();
    private final RateWindow containerCpu = new RateWindow();
    private final LoopTimer timer = new LoopTimer();
    private final Deputy deputy;
    private final List<Runnable> whenAdmitting = new ArrayList<>();
    private final FullTicks asked = new FullTicks();

    private final Rehearsal rehearsal;

    private long sequence;
    private long nextFullNanos = Long.MIN_VALUE;
    private long nextTreesNanos = Long.MIN_VALUE;
    private long lastTreesNanos;
    private long boundsPauseNanos;
    private boolean rowsDue;
    private long lastLimit = -1;
    private long lagToldNanos = Long.MIN_VALUE;
    private long failureToldNanos = Long.MIN_VALUE;

    private volatile boolean admitting = true;
    private volatile long nextTickNanos;
    private volatile @Nullable Snapshot latest;

    /**
     * Makes a loop that is not running yet.
     *
     * @param probesBestFirst open probes; not closed by this loop
     * @param tracker the open tracker; not closed by this loop
     * @param policies asked in this order; after the last the heaviest is taken
     */
    public SamplingLoop(
            SamplingConfig config,
            List<ProbeSession> probesBestFirst,
            TrackerSession tracker,
            List<KillPolicy> policies,
            EventSink events,
            GuardClock clock,
            ThreadFactory threads) {
        this(config, probesBestFirst, tracker, policies, Deputy.NONE, events, clock, threads);
    }

    /**
     * Makes a loop whose watchdog stands by while another one is on duty.
     *
     * @param deputy the other one
     */
    public SamplingLoop(
            SamplingConfig config,
            List<ProbeSession> probesBestFirst,
            TrackerSession tracker,
            List<KillPolicy> policies,
            Deputy deputy,
            EventSink events,
            GuardClock clock,
            ThreadFactory threads) {
        this(config, probesBestFirst, tracker, policies, deputy, events, clock, threads, LOG);
    }

    /** Makes one that logs to {@code log}. */
    SamplingLoop(
            SamplingConfig config,
            List<ProbeSession> probesBestFirst,
            TrackerSession tracker,
            List<KillPolicy> policies,
            Deputy deputy,
            EventSink events,
            GuardClock clock,
            ThreadFactory threads,
            Logger log) {
        this.config = config;
        this.deputy = deputy;
        this.log = log;
        this.tracker = tracker;
        this.events = events;
        this.clock = clock;
        intervalNanos = config.interval().toNanos();
        container = new ContainerMeter(probesBestFirst, config.containerLimit());
        chooser = new VictimChooser(policies, new PluginFaults(events, clock), clock, threads);
        watchdog = new Watchdog(config, container, chooser, deputy, new LoggedEvents(events, log), clock);
        rehearsal = new Rehearsal(() -> {
            container.sample();
            tracker.rehearse();
        });
        degradations = new Degradations(events, clock);
        kernelOom = new KernelOomWatch(events, clock);
        snapshots = new SnapshotMaker(
                clock,
                tracker::startTime,
                config.memoryBudget(),
                config.memoryBudget()
                        .map(limit -> watchdog.budgetKillBytes(limit.bytes()))
                        .orElse(0L));
        thread = new SamplerThread(new Ticks(), rehearsal, clock, threads);
    }

    /** Makes the first tick on this thread, so that a snapshot is there at once, and starts the loop. Call once. */
    public void start() {
        tick();
        thread.start();
    }

    /** Begins to watch an execution; call before its first process is started. Any thread. */
    public void watch(Watched execution) {
        changes.add(new Change(execution, true));
        wake();
    }

    /** Ends watching an execution. Any thread. */
    public void unwatch(Watched execution) {
        changes.add(new Change(execution, false));
        wake();
    }

    /** Returns whether use is low enough to start something new. Any thread. */
    public boolean admitting() {
        return admitting;
    }

    /** Has {@code action} called on the sampling thread whenever admitting begins again. Call before {@link #start}. */
    public void onAdmittingAgain(Runnable action) {
        whenAdmitting.add(action);
    }

    /**
     * Has {@code action} called on the sampling thread when ending one execution at a time does not help any more, with the
     * reason; it must hand over to another thread and return at once. Call before {@link #start}.
     */
    public void onEmergency(Consumer<String> action) {
        watchdog.emergency().orders(action);
    }

    /**
     * Has everything measured at once and waits for it, and until it is settled whom the kernel's OOM killer took, if it
     * took anybody. Any thread but the loop's own.
     *
     * @param longest how long to wait at most
     * @return whether that is so; false if the loop is closed, or was too busy, or this thread was interrupted
     */
    public boolean settle(Duration longest) {
        long deadline = System.nanoTime() + longest.toNanos();
        while (true) {
            CountDownLatch measured = asked.ask();
            wake();
            if (thread.isClosed() || !FullTicks.await(measured, deadline)) {
                return false;
            }
            if (!kernelOom.isOpen()) {
                return true;
            }
            LockSupport.parkNanos(this, SETTLING_PAUSE_NANOS);
        }
    }

    /**
     * Takes for itself, once, a process that the kernel's OOM killer took in the last ten seconds and that no execution is
     * known to have lost: for an execution that has died of SIGKILL. After {@link #settle}. Any thread.
     *
     * @return whose limit was reached, for people; empty if there is none
     */
    public Optional<String> claimKernelOomKill() {
        return kernelOom.claim();
    }

    /**
     * Returns the readings of the latest tick. Any thread; callers that ask within one tick get the same object, and none
     * of them can hold up the loop.
     *
     * @throws IllegalStateException before {@link #start}
     */
    public Snapshot snapshot() {
        Snapshot made = latest;
        frame.lock.lock();
        try {
            if (frame.sequence == 0) {
                throw new IllegalStateException("the sampling loop was not started");
            }
            if (made == null || made.sequence() != frame.sequence) {
                made = snapshots.of(frame);
                latest = made;
            }
            return made;
        } finally {
            frame.lock.unlock();
        }
    }

    /** Returns the longest time from a crossing to the signal that must be reckoned with, as of the last tick. Any thread. */
    public Duration reaction() {
        frame.lock.lock();
        try {
            return Duration.ofNanos(frame.reactionNanos);
        } finally {
            frame.lock.unlock();
        }
    }

    /** Returns for how long the next tick has been due; negative before it is. Any thread. */
    public Duration overdue() {
        return Duration.ofNanos(clock.nanoTime() - nextTickNanos);
    }

    /** Ends the loop and waits for its thread, for two seconds at most. */
    @Override
    public void close() {
        if (thread.close()) {
            watchdog.reaper().thaw(clock.nanoTime());
        }
        chooser.close();
    }

    /** Has the loop look at everything at once. Any thread. */
    public void wake() {
        thread.wake();
    }

    /** What the loop's thread does. */
    private final class Ticks implements SamplerThread.Work {

        @Override
        public void begins() {
            try {
                log.info("the sampling thread runs with {}", tracker.hasten());
            } catch (RuntimeException | LinkageError e) {
                log.warn("the sampling thread could not ask for priority", e);
            }
        }

        @Override
        public void ready() {
            timer.restart(clock.nanoTime());
        }

        @Override
        public long dueNanos() {
            return timer.dueNanos();
        }

        @Override
        public void tick(boolean woken) {
            if (woken) {
                nextTreesNanos = Long.MIN_VALUE;
                timer.dueNow(clock.nanoTime());
            }
            SamplingLoop.this.tick();
        }

        @Override
        public void ends() {
            watchdog.reaper().thaw(clock.nanoTime());
            asked.done();
        }
    }

    /** Makes one tick; returns nanoseconds until the next is due. */
    long tick() {
        // A pending interrupt would close every kept descriptor at its next read.
        Thread.interrupted();
        long now = clock.nanoTime();
        timer.begin(now);
        boolean busy = watchdog.reaper().isBusy();
        long pause = intervalNanos;
        try {
            measureAndDecide(takeChanges(now), now);
            pause = pauseNanos(now);
            noteAdmission();
        } catch (RuntimeException | Error e) {
            // The watchdog must not die of one bad tick, not even of an OutOfMemoryError of its host.
            watchdog.reaper().thaw(now);
            noteFailure(e, now);
        }
        tellIfLate(now);
        timer.end(clock.nanoTime(), pause, busy || !watchdog.reaper().isBusy());
        nextTickNanos = timer.dueNanos();
        leaveFrame(now, pause);
        asked.served();
        return pause;
    }

    /** Returns whether there were any. */
    private boolean takeChanges(long now) {
        boolean any = false;
        for (Change change = changes.poll(); change != null; change = changes.poll()) {
            if (change.begin()) {
                meters.add(new ExecutionMeter(change.execution(), now));
            } else {
                Watched gone = change.execution();
                meters.removeIf(meter -> meter.watched() == gone);
                watchdog.reaper().forget(gone);
            }
            any = true;
        }
        return any;
    }

    private void measureAndDecide(boolean changed, long now) {
        // In the final approach everything that can wait does.
        boolean approached = watchdog.container().isApproached();
        boolean wanted = !approached && asked.take();
        boolean full = wanted || (now >= nextFullNanos && !approached);
        if (full) {
            sampleAll(now);
        } else {
            container.sampleMemory();
            if (watchdog.container().needsExact(now)) {
                container.sample();
                watchdog.container().looked(now);
            }
        }
        boolean trees = full || (now >= nextTreesNanos && !approached) || watchdog.needsTrees(now);
        if (trees) {
            tracker.sample(full ? SampleDepth.FULL : SampleDepth.USAGE);
            lastTreesNanos = now;
            rowsDue = true;
            for (int i = 0; i < meters.size(); i++) {
                meters.get(i).update(now);
            }
            watchdog.treesRead(meters, now);
        }
        if (full) {
            kernelOom.look(container.gauges(), watchdog.container(), meters, now, wanted);
        }
        boolean fresh = trees || changed;
        watchdog.step(meters, fresh, now);
        if (fresh) {
            boundsPauseNanos = watchdog.treePauseNanos(meters, SHORTEST_TREE_PAUSE_NANOS, intervalNanos, now);
        }
    }

    private void sampleAll(long now) {
        container.sample();
        watchdog.container().looked(now);
        nextFullNanos = now + intervalNanos;
        degradations.look(container.gauges());
        noteLimit();
        if (container.gauges().hasValue(Gauge.CPU_USAGE)) {
            containerCpu.observe(
                    container.gauges().value(Gauge.CPU_USAGE),
                    container.gauges().source(Gauge.CPU_USAGE),
                    now);
        }
    }

    private long pauseNanos(long now) {
        long containerPause = watchdog.containerPauseNanos(intervalNanos, now);
        // Trees decide only who, not when, at the container's limit: a sixteenth of its pace is enough for the choice.
        long treePause = Math.min(boundsPauseNanos, Math.max(SHORTEST_TREE_PAUSE_NANOS, 16 * containerPause));
        nextTreesNanos = lastTreesNanos + treePause;
        return containerPause == 0 ? 0 : Math.max(Math.min(containerPause, nextTreesNanos - now), Pace.SHORTEST_NANOS);
    }

    private void noteLimit() {
        long limit = container.gauges().valueOr(Gauge.MEMORY_LIMIT, -1);
        if (lastLimit >= 0 && limit != lastLimit) {
            String source = container.gauges().source(Gauge.MEMORY_LIMIT);
            Reading<ByteSize> previous = new Reading.Value<>(ByteSize.ofBytes(lastLimit), source);
            Reading<ByteSize> next = limit >= 0
                    ? new Reading.Value<>(ByteSize.ofBytes(limit), source)
                    : container.gauges().isUnlimited(Gauge.MEMORY_LIMIT)
                            ? new Reading.Unlimited<>(source)
                            : new Reading.Unavailable<>("see the degraded reading", source);
            events.publish(new GuardEvent.LimitChanged(clock.instant(), previous, next));
        }
        lastLimit = limit;
    }

    private void noteAdmission() {
        boolean now = watchdog.rung().compareTo(MemoryRung.STOP_ADMITTING) < 0;
        if (now != admitting) {
            admitting = now;
            if (now) {
                whenAdmitting.forEach(Runnable::run);
            }
        }
    }

    private void noteFailure(Throwable failure, long now) {
        if (failureToldNanos == Long.MIN_VALUE || now - failureToldNanos >= TELL_AGAIN_NANOS) {
            failureToldNanos = now;
            log.error("a tick of the sampling loop failed; the loop goes on", failure);
            events.publish(new GuardEvent.ReadingDegraded(clock.instant(), "sampling loop", String.valueOf(failure)));
        }
    }

    private void tellIfLate(long now) {
        if (timer.isLateBeyondPlan(LATE_NANOS)
                && (lagToldNanos == Long.MIN_VALUE || now - lagToldNanos >= TELL_AGAIN_NANOS)) {
            lagToldNanos = now;
            events.publish(new GuardEvent.LoopLagged(
                    clock.instant(), Duration.ofNanos(timer.lagNanos()), timer.missedTicks()));
        }
    }

    private void leaveFrame(long now, long pause) {
        sequence++;
        if (!frame.lock.tryLock()) {
            return;
        }
        try {
            frame.sequence = sequence;
            frame.takenNanos = now;
            frame.container.copyAll(container.gauges());
            frame.containerCores = containerCpu.perSecond() / 1e9;
            frame.rung = watchdog.rung();
            frame.tier = tracker.tier();
            frame.roomBytes = watchdog.container().roomBytes();
            boolean standingBy = watchdog.isStandingBy();
            frame.watchdog = standingBy ? WatchdogMode.SIDECAR : WatchdogMode.IN_PROCESS;
            frame.reactionNanos = standingBy ? deputy.reactionNanos() : reactionNanos();
            frame.budgetUsed = watchdog.budgetUsedBytes();
            frame.totalRss = watchdog.totalRssBytes();
            frame.pauseNanos = pause;
            frame.lastTickNanos = timer.lastNanos();
            frame.slowestTickNanos = timer.slowestNanos();
            frame.lagNanos = timer.lagNanos();
            frame.missedTicks = timer.missedTicks();
            if (rowsDue) {
                rowsDue = false;
                frame.dyingNanos = watchdog.dyingNanos(meters, now);
                leaveRows(now);
            }
        } finally {
            frame.lock.unlock();
        }
    }

    /** Returns the longest time that a decision took lately, from the look to the signal. */
    long slowestDecisionNanos() {
        return watchdog.reaper().slowestDecisionNanos();
    }

    /** Begins to look for the slowest decision anew. */
    void forgetSlowestDecision() {
        watchdog.reaper().forgetSlowestDecision();
    }

    /** The pause before the look, how late it may be, another tick that is in its way, and the decision. */
    private long reactionNanos() {
        return Pace.SHORTEST_NANOS
                + timer.worstLagNanos()
                + timer.slowestNanos()
                + Math.max(
                        rehearsal.decisionNanos() + chooser.longestNanos(),
                        watchdog.reaper().slowestDecisionNanos());
    }

    /** Only where trees were read: near the limit most ticks, hundreds a second, look at the container alone. */
    private void leaveRows(long now) {
        frame.rowCount = 0;
        for (int i = 0; i < meters.size(); i++) {
            frame.nextRow().take(meters.get(i), now);
        }
        frame.trim();
    }

    /** A wish to begin or end watching. */
    private record Change(Watched execution, boolean begin) {}
}
