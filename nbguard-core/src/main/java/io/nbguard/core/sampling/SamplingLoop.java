package io.nbguard.core.sampling;

import io.nbguard.api.GuardClock;
import io.nbguard.api.snapshot.Snapshot;
import io.nbguard.core.event.EventSink;
import io.nbguard.core.measure.OpenProbe;
import io.nbguard.core.measure.Watched;
import io.nbguard.core.watchdog.RemoteWatchdog;
import io.nbguard.core.watchdog.WatchdogConfig;
import io.nbguard.spi.policy.KillPolicy;
import io.nbguard.spi.process.TrackerSession;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop at the heart of a guard: measure, decide, act, report, on one thread of its own.
 *
 * <p>Two schedules run in it. The node's use is one cheap read, made as often as the headroom asks for: every
 * millisecond near the limit, and without any pause in the final approach. The process trees cost more and are read once per
 * interval, and more often only near a bound that hangs on them. A steady tick allocates nothing and takes no lock that a
 * caller could hold.
 *
 * <p>This class is what other threads see of it: {@link LoopThreads} run it, {@link Sampler} makes its ticks.
 */
public final class SamplingLoop implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SamplingLoop.class);

    private static final long SETTLING_PAUSE_NANOS = 50_000_000L;

    private final LoopParts parts;
    private final LoopState state = new LoopState();
    private final LoopThreads threads;
    private final Snapshots snapshots;

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
        this.threads = new LoopThreads(state, parts, threads);
        SnapshotMaker maker = new SnapshotMaker(
                clock,
                tracker::startTime,
                config.memoryBudget(),
                this.threads.current().sampler().watchdog().budgetKillBytes());
        snapshots = new Snapshots(state, maker, clock);
    }

    /** Makes the first tick on this thread, so that a snapshot is there at once, and starts the loop. Call once. */
    public void start() {
        tick();
        threads.start();
    }

    /** Begins to watch an execution; call before its first process is started. Any thread. */
    public void watch(Watched execution) {
        threads.watch(execution);
    }

    /** Ends watching an execution. Any thread. */
    public void unwatch(Watched execution) {
        threads.unwatch(execution);
    }

    /** Returns whether use is low enough to start something new. Any thread. */
    public boolean admitting() {
        return state.admission.isOpen();
    }

    /** Sets what is called on the sampling thread whenever admitting begins again. Call before {@link #start}. */
    public void onAdmittingAgain(Runnable action) {
        state.admission.onOpened(action);
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
            SamplerThread running = threads.current();
            CountDownLatch measured = running.sampler().fullTicks().ask();
            running.wake();
            boolean over = running.isClosed() || !FullTicks.await(measured, deadline) || running.isClosed();
            if (running != threads.current()) {
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
        return threads.current().sampler().kernelOom().claim();
    }

    /**
     * Returns the readings of the latest tick. Any thread; callers that ask within one tick get the same object, and none
     * of them can hold up the loop.
     *
     * @throws IllegalStateException before {@link #start}
     */
    public Snapshot snapshot() {
        return snapshots.latest();
    }

    /** Returns the longest time from a crossing to the signal that must be reckoned with, as of the last tick. Any thread. */
    public Duration reaction() {
        return snapshots.reaction();
    }

    /** Returns for how long the next tick has been due; negative before it is. Any thread. */
    public Duration overdue() {
        return Duration.ofNanos(state.overdueNanos(parts.clock().nanoTime()));
    }

    /**
     * Ends the loop and waits for its thread, for two seconds at most, and ends the threads of plugins that it made. One that
     * a plugin does not return to cannot be ended: it is interrupted, logged, and not waited for.
     */
    @Override
    public void close() {
        threads.close();
        parts.close();
    }

    /** Makes the loop read everything at once. Any thread. */
    public void wake() {
        threads.current().wake();
    }

    /** Makes one tick; returns nanoseconds until the next is due. */
    long tick() {
        return threads.current().sampler().tick();
    }
}
