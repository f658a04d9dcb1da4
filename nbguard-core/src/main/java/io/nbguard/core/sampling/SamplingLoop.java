package io.nbguard.core.sampling;

import io.nbguard.api.GuardClock;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.snapshot.Snapshot;
import io.nbguard.core.event.EventSink;
import io.nbguard.core.measure.OpenProbe;
import io.nbguard.core.measure.Watched;
import io.nbguard.core.thread.PlatformThread;
import io.nbguard.core.thread.Turn;
import io.nbguard.core.watchdog.RemoteWatchdog;
import io.nbguard.core.watchdog.WatchdogConfig;
import io.nbguard.spi.policy.KillPolicy;
import io.nbguard.spi.process.TrackerSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.NOPLogger;

/**
 * The loop at the heart of a guard: measure, decide, act, tell, on one thread of its own.
 *
 * <p>Two schedules run in it. The node's use is one cheap read, made as often as the headroom asks for: every
 * millisecond near the limit, and without any pause in the final approach. The process trees
 * cost more and are read once per interval, and more often only near a bound that hangs on them. A steady tick allocates
 * nothing and takes no lock that a caller could hold.
 */
public final class SamplingLoop implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SamplingLoop.class);

    private static final long SETTLING_PAUSE_NANOS = 50_000_000L;

    /** For this long all callers get the same snapshot. */
    private static final long FRESH_NANOS = 10_000_000L;

    /** Threads that hang are not to pile up. */
    private static final int MOST_LEFT_BEHIND = 8;

    private final LoopParts parts;
    private final LoopState state = new LoopState();
    private final SnapshotMaker snapshots;
    private final ThreadFactory threads;
    private final StallWatch stallWatch;

    /** Held by callers and by the watch over this loop; never by the sampling thread. */
    private final ReentrantLock handover = new ReentrantLock();

    private final Set<Watched> watched = new LinkedHashSet<>();
    private final List<SamplerThread> leftBehind = new ArrayList<>();
    private volatile SamplerThread current;
    private volatile @Nullable Snapshot latest;
    private boolean closed;

    /**
     * Makes a loop that is not running yet.
     *
     * @param probesBestFirst open probes; not closed by this loop
     * @param tracker the open tracker; not closed by this loop
     * @param policies asked in this order; after the last the heaviest is taken
     */
    public SamplingLoop(
            WatchdogConfig config,
            List<OpenProbe> probesBestFirst,
            TrackerSession tracker,
            List<KillPolicy> policies,
            EventSink events,
            GuardClock clock,
            ThreadFactory threads) {
        this(config, probesBestFirst, tracker, policies, RemoteWatchdog.NONE, events, clock, threads);
    }

    /**
     * Makes a loop whose watchdog stands by while another one is active.
     *
     * @param remoteWatchdog the other one
     */
    public SamplingLoop(
            WatchdogConfig config,
            List<OpenProbe> probesBestFirst,
            TrackerSession tracker,
            List<KillPolicy> policies,
            RemoteWatchdog remoteWatchdog,
            EventSink events,
            GuardClock clock,
            ThreadFactory threads) {
        this(
                config,
                probesBestFirst,
                tracker,
                policies,
                remoteWatchdog,
                events,
                clock,
                threads,
                LoopParts.TIMEOUT,
                LOG);
    }

    /** Makes one that waits for plugins for {@code timeout}, and logs to {@code log}. */
    SamplingLoop(
            WatchdogConfig config,
            List<OpenProbe> probesBestFirst,
            TrackerSession tracker,
            List<KillPolicy> policies,
            RemoteWatchdog remoteWatchdog,
            EventSink events,
            GuardClock clock,
            ThreadFactory threads,
            Duration timeout,
            Logger log) {
        parts = new LoopParts(
                config,
                probesBestFirst,
                tracker,
                policies,
                remoteWatchdog,
                events,
                clock,
                threads,
                timeout,
                log,
                WarmUpLoop::new);
        this.threads = threads;
        Turn turn = new Turn();
        Sampler sampler = new Sampler(turn, state, parts, null);
        current = new SamplerThread(turn, sampler, parts, threads, false);
        stallWatch = new StallWatch(new Watch(), threads);
        snapshots = new SnapshotMaker(
                clock,
                tracker::startTime,
                config.memoryBudget(),
                sampler.watchdog().budgetKillBytes());
    }

    /** Makes the first tick on this thread, so that a snapshot is there at once, and starts the loop. Call once. */
    public void start() {
        tick();
        current.start();
        stallWatch.start();
    }

    /** Begins to watch an execution; call before its first process is started. Any thread. */
    public void watch(Watched execution) {
        handover.lock();
        try {
            watched.add(execution);
            current.sampler().watching().begin(execution);
        } finally {
            handover.unlock();
        }
        wake();
    }

    /** Ends watching an execution. Any thread. */
    public void unwatch(Watched execution) {
        handover.lock();
        try {
            watched.remove(execution);
            current.sampler().watching().end(execution);
        } finally {
            handover.unlock();
        }
        wake();
    }

    /** Returns whether use is low enough to start something new. Any thread. */
    public boolean admitting() {
        return state.admitting;
    }

    /** Sets what is called on the sampling thread whenever admitting begins again. Call before {@link #start}. */
    public void onAdmittingAgain(Runnable action) {
        state.whenAdmitting.add(action);
    }

    /**
     * Sets what is called on the sampling thread, with the reason, when ending one execution at a time does not help any
     * more; {@code action} must hand over to another thread and return at once. Call before {@link #start}.
     */
    public void onEmergency(Consumer<String> action) {
        state.whenEmergency = action;
    }

    /**
     * Measures everything at once and waits for it, and until every kill by the kernel's OOM killer is attributed. Any thread
     * but the loop's own.
     *
     * @param longest how long to wait at most
     * @return whether that is so; false if the loop is closed, or was too busy, or this thread was interrupted
     */
    public boolean settle(Duration longest) {
        long deadline = System.nanoTime() + longest.toNanos();
        while (true) {
            SamplerThread running = current;
            CountDownLatch measured = running.sampler().fullTicks().ask();
            running.wake();
            boolean over = running.isClosed() || !FullTicks.await(measured, deadline) || running.isClosed();
            if (running != current) {
                // Another thread has taken over, and is asked anew.
                continue;
            }
            if (over) {
                return false;
            }
            if (!running.sampler().kernelOom().isOpen()) {
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
        return current.sampler().kernelOom().claim();
    }

    /**
     * Returns the readings of the latest tick. Any thread; callers that ask within one tick get the same object, and none
     * of them can hold up the loop.
     *
     * @throws IllegalStateException before {@link #start}
     */
    public Snapshot snapshot() {
        Snapshot made = latest;
        TickReadings readings = state.readings;
        readings.lock.lock();
        try {
            if (readings.sequence == 0) {
                throw new IllegalStateException("the sampling loop was not started");
            }
            long age = sinceLastTickNanos();
            if (made == null || made.sequence() != readings.sequence) {
                made = snapshots.of(readings, age, isStalled());
            } else if (made.loop().sinceLastTick().toNanos() + FRESH_NANOS < age) {
                // The readings stand; what is said of the loop is as of now, and so is what is promised.
                made = snapshots.again(made, readings, age, isStalled());
            }
            latest = made;
            return made;
        } finally {
            readings.lock.unlock();
        }
    }

    /** Returns the longest time from a crossing to the signal that must be reckoned with, as of the last tick. Any thread. */
    public Duration reaction() {
        state.readings.lock.lock();
        try {
            return Duration.ofNanos(state.readings.reactionNanos);
        } finally {
            state.readings.lock.unlock();
        }
    }

    /** Returns for how long the next tick has been due; negative before it is. Any thread. */
    public Duration overdue() {
        return Duration.ofNanos(overdueNanos());
    }

    private long overdueNanos() {
        return parts.clock().nanoTime() - state.nextTickNanos;
    }

    private boolean isStalled() {
        return overdueNanos() >= StallWatch.STANDS_STILL_NANOS;
    }

    private long sinceLastTickNanos() {
        return Math.max(0, parts.clock().nanoTime() - state.lastTickNanos);
    }

    /**
     * Ends the loop and waits for its thread, for two seconds at most, and ends the threads of plugins that it made. One that
     * a plugin does not return to cannot be ended: it is interrupted, logged, and not waited for.
     */
    @Override
    public void close() {
        stallWatch.close();
        SamplerThread last;
        handover.lock();
        try {
            closed = true;
            last = current;
        } finally {
            handover.unlock();
        }
        if (last.close()) {
            last.sampler().watchdog().thaw(parts.clock().nanoTime());
        }
        leftBehind.forEach(SamplerThread::close);
        parts.close();
    }

    /** Makes the loop read everything at once. Any thread. */
    public void wake() {
        current.wake();
    }

    /** Makes one tick; returns nanoseconds until the next is due. */
    long tick() {
        return current.sampler().tick();
    }

    /** A loop in a {@link WarmUp}. */
    static final class WarmUpLoop implements WarmUp.Loop {

        private final SamplingLoop loop;

        WarmUpLoop(WarmUp.Stage stage) {
            loop = new SamplingLoop(
                    WatchdogConfig.DEFAULTS,
                    List.of(OpenProbe.own(stage)),
                    stage,
                    List.of(),
                    RemoteWatchdog.NONE,
                    event -> {},
                    stage,
                    Thread::new,
                    LoopParts.TIMEOUT,
                    NOPLogger.NOP_LOGGER);
        }

        @Override
        public void watch(Watched execution) {
            loop.watch(execution);
        }

        @Override
        public void unwatch(Watched execution) {
            loop.unwatch(execution);
        }

        @Override
        public void tick() {
            loop.tick();
        }

        @Override
        public long slowestDecisionNanos() {
            return loop.current.sampler().watchdog().slowestDecisionNanos();
        }

        @Override
        public void forgetSlowestDecision() {
            loop.current.sampler().watchdog().forgetSlowestDecision();
        }
    }

    /** This loop as the watch over it sees it. */
    private final class Watch implements StallWatch.Loop {

        @Override
        public long ticks() {
            return state.ticks;
        }

        @Override
        public boolean isOverdue() {
            return overdueNanos() > 0;
        }

        @Override
        public boolean isDead() {
            return current.isDead();
        }

        @Override
        public void takeOver(long stoodNanos) {
            handover.lock();
            try {
                leftBehind.removeIf(SamplerThread::isDead);
                if (!closed && leftBehind.size() < MOST_LEFT_BEHIND) {
                    replace(stoodNanos);
                }
            } finally {
                handover.unlock();
            }
        }
    }

    private void replace(long stoodNanos) {
        SamplerThread old = current;
        boolean dead = old.isDead();
        Turn turn = new Turn();
        Sampler sampler = new Sampler(turn, state, parts, old.sampler());
        watched.forEach(sampler.watching()::begin);
        SamplerThread next = new SamplerThread(turn, sampler, parts, threads, true);
        // First: the old one releases the callers that wait for its ticks, and they must find the next one.
        current = next;
        old.leaveBehind();
        leftBehind.add(old);
        next.start();
        GuardEvent.LoopRestarted told =
                new GuardEvent.LoopRestarted(parts.clock().instant(), Duration.ofNanos(stoodNanos), dead);
        parts.events().publish(told);
        // On a thread of its own: what the old one hangs in may be the log.
        PlatformThread.of(threads, () -> parts.log().error("{}", told.message()), "a line of the log")
                .start();
    }
}
