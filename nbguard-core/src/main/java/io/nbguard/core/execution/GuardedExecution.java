package io.nbguard.core.execution;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardClock;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.ExecutionLifecycle;
import io.nbguard.api.execution.ExecutionOutcome;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.execution.StopMode;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.measure.UsageTotals;
import io.nbguard.api.snapshot.ExecutionSnapshot;
import io.nbguard.api.watchdog.KillScenario;
import io.nbguard.core.event.EventSink;
import io.nbguard.core.executor.OpenExecutor;
import io.nbguard.core.process.GroupKill;
import io.nbguard.core.schedule.LaunchPermit;
import io.nbguard.spi.executor.ExecutionHandle;
import io.nbguard.spi.executor.UsageReport;
import io.nbguard.spi.process.ProcessGroup;
import io.nbguard.spi.store.StoredExecution;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One execution of a guard, from its acceptance to its end: what is known of it, and each step of its {@link Lifecycle}, which an
 * {@link ExecutionRun} drives. Its user holds a {@link UserExecution}, the sampling loop watches a {@link WatchedExecution}. Any
 * thread; no method but {@link #complete} waits for another one.
 */
public final class GuardedExecution {

    private final ExecutionId id;
    private final ExecutionRequest request;
    private final OpenExecutor executor;
    private final Path notebookFile;
    private final GuardClock clock;
    private final EventSink events;
    private final ExecutionTimes times;
    private final ShownProgress progress;
    private final RunHandle handle;
    private final Lifecycle lifecycle;
    private final ExecutionUsage usage;
    private final CompletableFuture<ExecutionRecord> completion = new CompletableFuture<>();

    private volatile Runnable driver = () -> {};
    private volatile LaunchPermit permit = LaunchPermit.FREE;
    private volatile @Nullable ProcessGroup group;
    private volatile boolean gone;
    private volatile boolean abandoned;
    private volatile boolean guardCloses;

    /**
     * Begins with an execution that waits for its turn; {@link #accepted} publishes that.
     *
     * @param notebookFile the notebook that its request means
     */
    public GuardedExecution(
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
        times = new ExecutionTimes(executor.isLocal(), clock);
        progress = new ShownProgress(Progress.NONE);
        handle = new RunHandle(executor.name(), Optional.empty());
        usage = new ExecutionUsage(UsageTotals.UNKNOWN);
        lifecycle = new Lifecycle(LifecycleState.first(ExecutionState.QUEUED, times.submittedAt()), this::publish);
    }

    /** Goes on with one that another guard has launched, from where that has left it. */
    public GuardedExecution(
            StoredExecution left, OpenExecutor executor, Path notebookFile, GuardClock clock, EventSink events) {
        ExecutionRecord record = left.record();
        id = record.id();
        request = left.request();
        this.executor = executor;
        this.notebookFile = notebookFile;
        this.clock = clock;
        this.events = events;
        times = new ExecutionTimes(record, executor.isLocal(), clock);
        progress = new ShownProgress(record.progress());
        handle = new RunHandle(executor.name(), left.handle());
        usage = new ExecutionUsage(record.usage());
        // The last record that its guard wrote may be from before the launch.
        boolean launched = record.state() != ExecutionState.QUEUED && record.state() != ExecutionState.ADMITTED;
        // Its stop has died with the guard that had begun it: it begins anew, or the execution goes on.
        boolean seen = launched && record.state() != ExecutionState.TERMINATING;
        lifecycle = new Lifecycle(
                LifecycleState.first(seen ? record.state() : ExecutionState.LAUNCHING, clock.instant()), this::publish);
    }

    // What is known of it.

    /** Returns its id. */
    public ExecutionId id() {
        return id;
    }

    /** Returns what was asked for. */
    public ExecutionRequest request() {
        return request;
    }

    /** Returns the notebook's name for people. */
    public String notebook() {
        return request.notebook();
    }

    /** Returns the executor that runs it. */
    public OpenExecutor openExecutor() {
        return executor;
    }

    /** Returns where it is in its life. */
    public ExecutionState state() {
        return lifecycle.now().state();
    }

    /** Returns how it stands, or how it ended. */
    public ExecutionRecord record() {
        return record(lifecycle.now());
    }

    /** Returns a future of its own for each caller, which completes when nothing is left of it. */
    public CompletableFuture<ExecutionRecord> completion() {
        return completion.copy();
    }

    Path notebookFile() {
        return notebookFile;
    }

    Progress progress() {
        return progress.now();
    }

    /** Returns when its launch began, which is when it begins to take anything; empty before. */
    public Optional<Instant> startedAt() {
        return times.startedAt();
    }

    /** Returns when it was launched, in the guard's monotonic time. */
    long launchedAtNanos() {
        return times.launchedAtNanos();
    }

    /** Returns its processes; empty before its launch, and where an engine runs it. */
    public Optional<ProcessGroup> processes() {
        return Optional.ofNullable(group);
    }

    LifecycleState lifecycle() {
        return lifecycle.now();
    }

    boolean userCodeRan() {
        return times.userCodeRan();
    }

    /** Returns whether nbguard is ending it. */
    public boolean isBeingEnded() {
        return lifecycle.now().cause() != null;
    }

    /** Returns whether nothing of it is alive any more. */
    public boolean gone() {
        return gone;
    }

    /** Says what it is, for logs and debuggers. */
    @Override
    public String toString() {
        return request.notebook() + " [" + id.shortForm() + "] " + state();
    }

    /** Returns what finds it again: what its executor has kept, else the root of its process tree, once it has one. */
    public Optional<ExecutionHandle> handle() {
        return handle.get(group);
    }

    /** Returns what its engine says it uses, as a row of a snapshot; empty if it is measured here, or not launched. */
    public Optional<ExecutionSnapshot> reported() {
        LifecycleState now = lifecycle.now();
        if (executor.isLocal() || times.startedAt().isEmpty() || now.state().isEnd()) {
            return Optional.empty();
        }
        return Optional.of(EngineUsage.row(record(now), times.elapsed(), executor, usage.reported()));
    }

    // What is done with it.

    /** Sets the action that wakes the driving thread when a stop is requested. */
    public void drivenBy(Runnable wake) {
        driver = wake;
    }

    /** Sets what is asked before it is launched. */
    public void launchedWith(LaunchPermit asked) {
        permit = asked;
    }

    LaunchPermit permit() {
        return permit;
    }

    /** Publishes its acceptance. */
    public void accepted() {
        lifecycle.tell();
    }

    /** Ends it because its user wants it; returns at once. */
    void stop(StopMode mode) {
        stop(EndCause.userStop(), mode);
    }

    /** Ends it because its guard is being closed; returns at once. */
    public void stopAtClosing(StopMode mode) {
        stop(EndCause.guardClosed(times.startedAt().isPresent()), mode);
    }

    private void stop(EndCause cause, StopMode mode) {
        end(cause, mode);
        if (mode == StopMode.IMMEDIATE && lifecycle.change(LifecycleState::hastened)) {
            driver.run();
        }
    }

    /**
     * Records that the watchdog has chosen it; neither publishes it nor wakes its run, which {@link #kill} does: the signal comes
     * first.
     *
     * @return whether it may still be killed
     */
    boolean condemn(KillScenario scenario) {
        return lifecycle.condemn(EndCause.watchdog(notebook(), scenario), clock.instant());
    }

    /** Kills its processes, publishes what was not published yet, and wakes its run. */
    public void kill() {
        ProcessGroup present = group;
        if (present != null) {
            // The run kills again, with a longer timeout: the caller must go on.
            GroupKill.signal(present, this);
        }
        lifecycle.tell();
        driver.run();
    }

    /**
     * Records that it is in another state.
     *
     * @return whether it is; false if the table of states has no such step
     */
    public boolean become(ExecutionState next) {
        return lifecycle.change(now -> now.to(next, null, clock.instant()));
    }

    /** Records that its engine has it and has not started it, and why. */
    void waiting(String reason) {
        lifecycle.change(now -> now.to(ExecutionState.WAITING, reason, clock.instant()));
    }

    /** Records that its engine does not answer, and why. One that is being ended stays in that state: its stop finds out itself. */
    void contactLost(String why) {
        lifecycle.change(now -> now.to(ExecutionState.CONTACT_LOST, why, clock.instant()));
    }

    /** Records that its engine answers again. */
    void contactRestored() {
        lifecycle.change(now -> now.restored(clock.instant()));
    }

    /** Records that its executor has found it in its engine again, unless that says itself that contact is lost. */
    void foundAgain(String lost) {
        lifecycle.change(now -> lost.equals(now.detail()) ? now.restored(clock.instant()) : null);
    }

    /** Records that its engine has started it anew. */
    void restarted(String why) {
        progressed(Progress.NONE);
        note("started anew by its engine: " + why);
    }

    /** Records what its engine says it uses, but for what comes too late for the record. */
    void uses(UsageReport report) {
        if (!lifecycle.now().state().isEnd()) {
            usage.learn(report, clock.instant());
        }
    }

    /** Records what was measured; {@link io.nbguard.core.sampling.Watched#measured}. One thread. */
    void measured(long peakBytes, long cpuNanos) {
        usage.measured(peakBytes, cpuNanos);
    }

    /** Records what its code has written: the last line of it that is not blank is kept. */
    void wrote(String text) {
        if (!lifecycle.now().state().isEnd()) {
            progress.wrote(text);
        }
    }

    /** Records what finds it again. */
    void foundBy(ExecutionHandle kept) {
        handle.keep(kept);
    }

    /** Gives it up without an end: its guard is closed, and its engine has not said what became of it. */
    public void abandon() {
        abandoned = true;
        driver.run();
    }

    boolean isAbandoned() {
        return abandoned;
    }

    /** Records that its guard is being closed: what cannot be followed any more need not wait for that. */
    public void guardCloses() {
        guardCloses = true;
    }

    boolean isGuardClosing() {
        return guardCloses;
    }

    /**
     * Begins the launch.
     *
     * @return whether it may be launched; false if a stop was requested
     */
    boolean launching() {
        times.launching();
        return become(ExecutionState.LAUNCHING);
    }

    /** Records where its processes are. */
    void startsIn(ProcessGroup processes) {
        group = processes;
    }

    /** Records that user code runs. */
    void running() {
        long now = clock.nanoTime();
        if (become(ExecutionState.RUNNING) && times.running(now)) {
            // Its run looks from now on for the end of its time.
            driver.run();
        }
    }

    /** Records how far it has come, and publishes it. */
    void progressed(Progress now) {
        if (lifecycle.now().state().isEnd()) {
            return;
        }
        progress.progressed(now);
        driver.run();
        events.publish(new GuardEvent.ProgressMade(clock.instant(), id, notebook(), now));
    }

    /** Publishes a note on it, for people. */
    void note(String message) {
        events.publish(new GuardEvent.ExecutionNote(clock.instant(), id, notebook(), message));
    }

    /**
     * Records that nbguard ends it, and why, and wakes its run.
     *
     * @return whether this is now the reason; false if it has ended, or is being ended for another
     */
    boolean end(EndCause cause, StopMode mode) {
        boolean ours = lifecycle.change(now -> now.ending(cause, mode, clock.instant()));
        if (ours) {
            driver.run();
        }
        return ours;
    }

    /**
     * Records that an emergency shutdown ends everything at once, unless its own immediate kill came first; does not wake the
     * driving thread.
     *
     * @param why what the shutdown was ordered for
     */
    public void doom(String why) {
        EndCause cause = EndCause.emergency(why);
        lifecycle.change(now -> now.swept(cause, clock.instant()));
    }

    /** Wakes the thread that drives it, which then acts on the present state. */
    public void wake() {
        driver.run();
    }

    /** Wakes its run to act on the present state, if it has one: that never takes long. */
    public void wakeIfLaunched() {
        if (times.startedAt().isPresent()) {
            driver.run();
        }
    }

    /** Records that its main process has ended by itself: later stop causes are not recorded as the cause of its end. */
    void exited() {
        lifecycle.change(LifecycleState::afterExit);
    }

    /** Records that nothing of it is alive any more. */
    void isGone() {
        gone = true;
    }

    /** Records how it ended, just now, and publishes it. */
    void ended(Verdict verdict) {
        ended(verdict, clock.instant());
    }

    /** Records how and when it ended, and publishes it. */
    void ended(Verdict verdict, Instant at) {
        lifecycle.change(now -> now.ended(verdict, at));
    }

    /**
     * Records that it has ended before its turn, for the reason for which it is being ended.
     *
     * @throws IllegalStateException if it is not being ended
     */
    public void endedUnstarted() {
        EndCause cause = lifecycle.now().cause();
        if (cause == null) {
            throw new IllegalStateException(this + " is not to be ended");
        }
        isGone();
        ended(Verdict.withoutReport(cause.reason(), cause.message(), Optional.empty()));
    }

    /** Records that its run could not be started. */
    public void failedToStart(Throwable why) {
        ended(Verdict.withoutReport(
                EndReason.START_FAILED, "It could not be started: " + why, Optional.of(why.toString())));
    }

    /** Returns whether its completion is being reported. */
    public boolean isComplete() {
        return completion.isDone();
    }

    /**
     * Completes its completion future. The events until its end are published before: where another thread is
     * publishing them, this one waits for it, for a second at most.
     */
    public void complete() {
        lifecycle.awaitTold();
        completion.complete(record());
    }

    private void publish(LifecycleState at) {
        events.publish(new GuardEvent.ExecutionChanged(
                at.since(), Optional.ofNullable(at.before()).map(LifecycleState::state), record(at)));
    }

    /**
     * Returns since when its time-out counts, in the guard's monotonic time: from the start of user code; of a local execution
     * whose executor does not report that, from its launch.
     */
    OptionalLong timedSinceNanos() {
        return times.timedSinceNanos();
    }

    private ExecutionRecord record(LifecycleState at) {
        Verdict verdict = at.verdict();
        EndCause cause = at.cause();
        Optional<String> message =
                verdict != null ? verdict.message() : Optional.ofNullable(cause).map(EndCause::message);
        return new ExecutionRecord(
                id,
                notebook(),
                request.owner(),
                request.schedule(),
                Optional.of(executor.name()),
                new ExecutionLifecycle(
                        at.state(),
                        message.or(() -> Optional.ofNullable(at.detail())),
                        times.submittedAt(),
                        times.startedAt(),
                        at.state().isEnd() ? Optional.of(at.since()) : Optional.empty()),
                progress(),
                verdict == null ? usage.totals() : verdict.usage().or(usage.totals()),
                (verdict == null ? ExecutionOutcome.NONE : verdict.outcome())
                        .withKillScenario(cause == null ? Optional.empty() : cause.scenario()));
    }
}
