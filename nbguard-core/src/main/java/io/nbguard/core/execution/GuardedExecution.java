package io.nbguard.core.execution;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardClock;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionLifecycle;
import io.nbguard.api.execution.ExecutionOutcome;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.execution.StopMode;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.CpuTime;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.measure.UsageTotals;
import io.nbguard.api.snapshot.ExecutionSnapshot;
import io.nbguard.api.watchdog.KillScenario;
import io.nbguard.core.event.EventSink;
import io.nbguard.core.sampling.Watched;
import io.nbguard.core.schedule.LaunchPermit;
import io.nbguard.spi.executor.ExecutionHandle;
import io.nbguard.spi.executor.UsageReport;
import io.nbguard.spi.process.ProcessGroup;
import io.nbguard.spi.store.StoredExecution;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One execution: what its user holds, what the sampling loop watches and what an {@link ExecutionRun} drives. All state
 * changes are compare-and-set on one {@link LifecycleState}; no method but {@link #complete} waits for another thread.
 */
public final class GuardedExecution implements Execution, Watched {

    private static final Logger LOG = LoggerFactory.getLogger(GuardedExecution.class);

    private static final long UNKNOWN = -1;
    private static final int LONGEST_LINE = 200;

    private static final AtomicReferenceFieldUpdater<GuardedExecution, LifecycleState> LIFECYCLE =
            AtomicReferenceFieldUpdater.newUpdater(GuardedExecution.class, LifecycleState.class, "lifecycle");

    private static final long LONGEST_TELLING_NANOS = 1_000_000_000L;
    private static final long TELLING_LOOK_NANOS = 100_000L;

    private final ExecutionId id;
    private final ExecutionRequest request;
    private final OpenExecutor executor;
    private final Path notebookFile;
    private final GuardClock clock;
    private final EventSink events;
    private final Instant submittedAt;
    private final AtomicInteger untold = new AtomicInteger();
    private final CompletableFuture<ExecutionRecord> completion = new CompletableFuture<>();

    private volatile LifecycleState lifecycle;
    // Written by the thread that tells.
    private volatile int toldStep;
    private volatile Runnable driver = () -> {};
    private volatile LaunchPermit permit = LaunchPermit.FREE;
    private volatile Progress progress = Progress.NONE;
    private volatile @Nullable ProcessGroup group;
    private volatile @Nullable Instant startedAt;
    private volatile long launchedAtNanos;
    private volatile boolean userCodeRan;
    private volatile boolean gone;
    private volatile boolean abandoned;
    private volatile long runningAtNanos;
    private volatile long peakMemoryBytes = UNKNOWN;
    private volatile long cpuNanos = UNKNOWN;
    private volatile @Nullable UsageReport reported;
    private volatile @Nullable ExecutionHandle handle;
    private volatile @Nullable ExecutionHandle rootHandle;
    private volatile @Nullable String lastLine;
    private volatile KernelToll kernelToll = KernelToll.NONE;

    GuardedExecution(
            ExecutionId id,
            ExecutionRequest request,
            OpenExecutor executor,
            Path notebookFile,
            GuardClock clock,
            EventSink events) {
        this.id = id;
        this.request = request;
        this.executor = executor;
        this.notebookFile = notebookFile;
        this.clock = clock;
        this.events = events;
        submittedAt = clock.instant();
        lifecycle = LifecycleState.first(ExecutionState.QUEUED, submittedAt);
    }

    /** Goes on with one that another guard has launched, from where that has left it. */
    GuardedExecution(
            StoredExecution left, OpenExecutor executor, Path notebookFile, GuardClock clock, EventSink events) {
        ExecutionRecord record = left.record();
        Instant now = clock.instant();
        Instant started = record.lifecycle().startedAt().orElse(now);
        id = record.id();
        request = left.request();
        this.executor = executor;
        handle = left.handle().orElse(null);
        this.notebookFile = notebookFile;
        this.clock = clock;
        this.events = events;
        submittedAt = record.lifecycle().submittedAt();
        startedAt = started;
        launchedAtNanos =
                clock.nanoTime() - Math.max(0, Duration.between(started, now).toNanos());
        userCodeRan = record.state() == ExecutionState.RUNNING;
        // How long an engine's execution has waited before its code started is not kept: its time begins anew.
        runningAtNanos = executor.isLocal() ? launchedAtNanos : clock.nanoTime();
        progress = record.progress();
        peakMemoryBytes = record.usage().peakMemory().map(ByteSize::bytes).orElse(UNKNOWN);
        cpuNanos = record.usage().cpuTime().map(CpuTime::nanos).orElse(UNKNOWN);
        // The last record that its guard wrote may be from before the launch.
        boolean launched = record.state() != ExecutionState.QUEUED && record.state() != ExecutionState.ADMITTED;
        // Its stop has died with the guard that had begun it: it begins anew, or the execution goes on.
        boolean seen = launched && record.state() != ExecutionState.TERMINATING;
        lifecycle = LifecycleState.first(seen ? record.state() : ExecutionState.LAUNCHING, now);
    }

    // What its user sees.

    @Override
    public ExecutionId id() {
        return id;
    }

    @Override
    public ExecutionRequest request() {
        return request;
    }

    @Override
    public ExecutionState state() {
        return lifecycle.state();
    }

    @Override
    public Progress progress() {
        Progress told = progress;
        String line = lastLine;
        return line == null || told.lastLine().isPresent()
                ? told
                : new Progress(told.cellsDone(), told.cellsTotal(), Optional.of(line));
    }

    @Override
    public ExecutionRecord record() {
        return record(lifecycle);
    }

    @Override
    public CompletableFuture<ExecutionRecord> completion() {
        return completion.copy();
    }

    @Override
    public CompletableFuture<ExecutionRecord> stop(StopMode mode) {
        stop(EndCause.userStop(), mode);
        return completion();
    }

    /** Ends it because its guard is being closed; returns at once. */
    void stopAtClosing(StopMode mode) {
        stop(EndCause.guardClosed(startedAt != null), mode);
    }

    private void stop(EndCause cause, StopMode mode) {
        end(cause, mode);
        if (mode == StopMode.IMMEDIATE && change(LifecycleState::hastened)) {
            driver.run();
        }
    }

    /** Says what it is, for logs and debuggers. */
    @Override
    public String toString() {
        return request.notebook() + " [" + id.shortForm() + "] " + state();
    }

    // What the sampling loop sees.

    @Override
    public String notebook() {
        return request.notebook();
    }

    @Override
    public Optional<String> executor() {
        return Optional.of(executor.name());
    }

    @Override
    public int priority() {
        return request.priority();
    }

    @Override
    public Optional<ByteSize> memoryLimit() {
        return request.limits().memory();
    }

    /** Returns its processes; a local execution has a place for them from its launch on. */
    @Override
    public ProcessGroup group() {
        ProcessGroup present = group;
        if (present == null) {
            throw new IllegalStateException(this + " has no process group before its launch");
        }
        return present;
    }

    @Override
    public long launchedAtNanos() {
        return launchedAtNanos;
    }

    @Override
    public void measured(long peakBytes, long cpuNanosOfTree) {
        // One writer, the sampling thread: no lost update. A tree without processes yet was not measured.
        if (peakBytes > Math.max(0, peakMemoryBytes)) {
            peakMemoryBytes = peakBytes;
        }
        if (cpuNanosOfTree > Math.max(0, cpuNanos)) {
            cpuNanos = cpuNanosOfTree;
        }
    }

    @Override
    public boolean mayBeCondemned() {
        return lifecycle.mayBeCondemned();
    }

    @Override
    public boolean condemn(KillScenario scenario) {
        EndCause cause = EndCause.watchdog(notebook(), scenario);
        Instant at = clock.instant();
        // Published, and its run woken, in kill(): the signal comes first. No lambda: making the first costs a
        // millisecond.
        while (true) {
            LifecycleState now = lifecycle;
            LifecycleState next = now.condemned(cause, at);
            if (next == null || LIFECYCLE.compareAndSet(this, now, next)) {
                return next != null;
            }
        }
    }

    @Override
    public Optional<KillScenario> condemnation() {
        EndCause cause = lifecycle.cause();
        return cause == null ? Optional.empty() : cause.scenario();
    }

    @Override
    public void kill() {
        ProcessGroup present = group;
        if (present != null) {
            try {
                present.kill();
            } catch (RuntimeException e) {
                // The run kills again, with a longer timeout: the sampling thread must go on.
                LOG.warn("first kill of {} failed", this, e);
            }
        }
        tell();
        driver.run();
    }

    @Override
    public void takenByKernel(long processes, String where) {
        // One writer, the sampling thread.
        kernelToll = kernelToll.and(processes, where);
    }

    @Override
    public boolean gone() {
        return gone;
    }

    // What its history is made of.

    /** Returns what finds it again: what its executor has kept, else the root of its process tree, once it has one. */
    public Optional<ExecutionHandle> handle() {
        ExecutionHandle kept = handle;
        ProcessGroup present = group;
        if (kept != null || present == null || present.root().isEmpty()) {
            return Optional.ofNullable(kept);
        }
        ExecutionHandle ofRoot = rootHandle;
        if (ofRoot == null) {
            ofRoot = LocalHandle.of(executor.name(), 1, Map.of(), present.root().get());
            rootHandle = ofRoot;
        }
        return Optional.of(ofRoot);
    }

    /** Returns what its engine says it uses, as a row of a snapshot; empty if it is measured here, or not launched. */
    Optional<ExecutionSnapshot> reported() {
        Instant launched = startedAt;
        LifecycleState now = lifecycle;
        if (executor.isLocal() || launched == null || now.state().isEnd()) {
            return Optional.empty();
        }
        return Optional.of(EngineUsage.row(
                record(now),
                Duration.ofNanos(Math.max(0, clock.nanoTime() - launchedAtNanos)),
                executor,
                Optional.ofNullable(reported)));
    }

    // What its run does with it.

    OpenExecutor openExecutor() {
        return executor;
    }

    Path notebookFile() {
        return notebookFile;
    }

    Optional<Instant> startedAt() {
        return Optional.ofNullable(startedAt);
    }

    LifecycleState lifecycle() {
        return lifecycle;
    }

    KernelToll kernelToll() {
        return kernelToll;
    }

    boolean userCodeRan() {
        return userCodeRan;
    }

    /** Sets the action that wakes the driving thread when a stop is requested. */
    void drivenBy(Runnable wake) {
        driver = wake;
    }

    /** Sets what is asked before it is launched. */
    void launchedWith(LaunchPermit asked) {
        permit = asked;
    }

    LaunchPermit permit() {
        return permit;
    }

    /** Publishes its acceptance. */
    void accepted() {
        tell();
    }

    boolean become(ExecutionState next) {
        return change(now -> now.to(next, null, clock.instant()));
    }

    /** Records that its engine has it and has not started it, and why. */
    void waiting(String reason) {
        change(now -> now.to(ExecutionState.WAITING, reason, clock.instant()));
    }

    /** Records that its engine does not answer, and why. One that is being ended stays in that state: its stop finds out itself. */
    void contactLost(String why) {
        change(now -> now.to(ExecutionState.CONTACT_LOST, why, clock.instant()));
    }

    /** Records that its engine answers again. */
    void contactRestored() {
        change(now -> now.restored(clock.instant()));
    }

    /** Records that its executor has found it in its engine again, unless that says itself that contact is lost. */
    void foundAgain(String lost) {
        change(now -> lost.equals(now.detail()) ? now.restored(clock.instant()) : null);
    }

    /** Records that its engine has started it anew. */
    void restarted(String why) {
        progressed(Progress.NONE);
        note("started anew by its engine: " + why);
    }

    /** Records what its engine says it uses. */
    void uses(UsageReport report) {
        UsageReport before = reported;
        if (lifecycle.state().isEnd()
                || before != null
                        && report.at().isBefore(before.at())
                        // Else the wall clock was set back, and every report would come too late.
                        && !before.at().isAfter(clock.instant())) {
            // Too late for the record, or overtaken by a newer one.
            return;
        }
        reported = report;
        // One writer: an executor reports the usage of one execution on one thread.
        Optional<ByteSize> most =
                report.usage().peakMemory().value().or(report.usage().memory()::value);
        most.ifPresent(peak -> peakMemoryBytes = Math.max(peakMemoryBytes, peak.bytes()));
        report.usage().cpuTime().value().ifPresent(used -> cpuNanos = Math.max(cpuNanos, used.nanos()));
    }

    /** Records what its code has written: the last line of it that is not blank is kept. */
    void wrote(String text) {
        if (lifecycle.state().isEnd()) {
            return;
        }
        text.lines()
                .filter(line -> !line.isBlank())
                .reduce((earlier, later) -> later)
                .ifPresent(line -> lastLine =
                        line.length() <= LONGEST_LINE ? line.strip() : line.substring(0, LONGEST_LINE) + "…");
    }

    /** Records what finds it again. */
    void foundBy(ExecutionHandle kept) {
        handle = kept;
    }

    /** Gives it up without an end: its guard is closed, and its engine has not said what became of it. */
    void abandon() {
        abandoned = true;
        driver.run();
    }

    boolean isAbandoned() {
        return abandoned;
    }

    /**
     * Begins the launch.
     *
     * @return whether it may be launched; false if a stop was requested
     */
    boolean launching() {
        launchedAtNanos = clock.nanoTime();
        startedAt = clock.instant();
        return become(ExecutionState.LAUNCHING);
    }

    void startsIn(ProcessGroup processes) {
        group = processes;
    }

    void running() {
        long now = clock.nanoTime();
        if (become(ExecutionState.RUNNING) && !userCodeRan) {
            runningAtNanos = now;
            userCodeRan = true;
            // Its run looks from now on for the end of its time.
            driver.run();
        }
    }

    void progressed(Progress now) {
        if (lifecycle.state().isEnd()) {
            return;
        }
        progress = now;
        driver.run();
        events.publish(new GuardEvent.ProgressMade(clock.instant(), id, notebook(), now));
    }

    void note(String message) {
        events.publish(new GuardEvent.ExecutionNote(clock.instant(), id, notebook(), message));
    }

    /**
     * Records that nbguard ends it, and why, and wakes its run.
     *
     * @return whether this is now the reason; false if it has ended, or is being ended for another
     */
    boolean end(EndCause cause, StopMode mode) {
        boolean ours = change(now -> now.ending(cause, mode, clock.instant()));
        if (ours) {
            driver.run();
        }
        return ours;
    }

    /**
     * Records that everything is ended at once, unless its own immediate kill came first; does not wake the driving thread.
     */
    void doom(EndCause cause) {
        change(now -> now.swept(cause, clock.instant()));
    }

    /** Wakes the thread that drives it, which then acts on the present state. */
    void wake() {
        driver.run();
    }

    /** Wakes its run to act on the present state, if it has one: that never takes long. */
    void wakeIfLaunched() {
        if (startedAt != null) {
            driver.run();
        }
    }

    /** Records that its main process has ended by itself: later stop causes are not recorded as the cause of its end. */
    void exited() {
        change(LifecycleState::afterExit);
    }

    void isGone() {
        gone = true;
    }

    /** Records how it ended, just now, and publishes it. */
    void ended(Verdict verdict) {
        ended(verdict, clock.instant());
    }

    /** Records how and when it ended, and publishes it. */
    void ended(Verdict verdict, Instant at) {
        change(now -> now.ended(verdict, at));
    }

    /** Returns whether its completion is being reported. */
    boolean isComplete() {
        return completion.isDone();
    }

    /**
     * Completes its completion future. The events until its end are published before: where another thread is
     * publishing them, this one waits for it, for a second at most.
     */
    void complete() {
        long begun = System.nanoTime();
        while (untold.get() != 0 && System.nanoTime() - begun < LONGEST_TELLING_NANOS) {
            LockSupport.parkNanos(this, TELLING_LOOK_NANOS);
        }
        completion.complete(record());
    }

    private boolean change(Change step) {
        while (true) {
            LifecycleState now = lifecycle;
            // What was told is asked for no more: else an engine that gives another reason each second fills the heap.
            LifecycleState next = step.apply(now.step() <= toldStep ? now.alone() : now);
            if (next == null) {
                return false;
            }
            if (LIFECYCLE.compareAndSet(this, now, next)) {
                tell();
                return true;
            }
        }
    }

    /**
     * Publishes the states that were not published yet, in their order, whichever thread made them: one thread does it, and one
     * that comes meanwhile leaves its news to it.
     */
    private void tell() {
        if (untold.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            tell(lifecycle);
            seen = untold.addAndGet(-seen);
        } while (seen != 0);
    }

    private void tell(LifecycleState until) {
        Deque<LifecycleState> inTheirOrder = new ArrayDeque<>();
        for (LifecycleState at = until; at != null && at.step() > toldStep; at = at.before()) {
            inTheirOrder.push(at);
        }
        for (LifecycleState at : inTheirOrder) {
            LifecycleState before = at.before();
            toldStep = at.step();
            events.publish(new GuardEvent.ExecutionChanged(
                    at.since(), Optional.ofNullable(before).map(LifecycleState::state), record(at)));
        }
    }

    /**
     * Returns since when its time-out counts, in the guard's monotonic time: from the start of user code; of a local execution
     * whose executor does not report that, from its launch.
     */
    OptionalLong timedSinceNanos() {
        if (userCodeRan) {
            return OptionalLong.of(runningAtNanos);
        }
        return executor.isLocal() ? OptionalLong.of(launchedAtNanos) : OptionalLong.empty();
    }

    private ExecutionRecord record(LifecycleState at) {
        Verdict verdict = at.verdict();
        EndCause cause = at.cause();
        Optional<String> message =
                verdict != null ? verdict.message() : Optional.ofNullable(cause).map(EndCause::message);
        long peak = peakMemoryBytes;
        long cpu = cpuNanos;
        Optional<CpuTime> measured = cpu == UNKNOWN ? Optional.empty() : Optional.of(CpuTime.ofNanos(cpu));
        return new ExecutionRecord(
                id,
                notebook(),
                request.owner(),
                request.schedule(),
                Optional.of(executor.name()),
                new ExecutionLifecycle(
                        at.state(),
                        message.or(() -> Optional.ofNullable(at.detail())),
                        submittedAt,
                        Optional.ofNullable(startedAt),
                        at.state().isEnd() ? Optional.of(at.since()) : Optional.empty()),
                progress(),
                new UsageTotals(
                        peak == UNKNOWN ? Optional.empty() : Optional.of(ByteSize.ofBytes(peak)),
                        verdict == null ? measured : verdict.cpuTime().or(() -> measured)),
                (verdict == null ? ExecutionOutcome.NONE : verdict.outcome())
                        .withKillScenario(cause == null ? Optional.empty() : cause.scenario()));
    }

    /** One step from a standing to the next; null where there is none. */
    private interface Change {
        @Nullable LifecycleState apply(LifecycleState now);
    }
}
