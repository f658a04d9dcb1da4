package io.nbguard.core.execution;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardClock;
import io.nbguard.api.GuardException;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.event.GuardEvent.PluginMisbehaved.Fault;
import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.execution.StopMode;
import io.nbguard.api.resource.Allocation;
import io.nbguard.core.announce.Announcement;
import io.nbguard.core.event.PluginText;
import io.nbguard.core.thread.FailureLog;
import io.nbguard.core.thread.GrowingPause;
import io.nbguard.core.thread.Parking;
import io.nbguard.core.workspace.KeptRun;
import io.nbguard.core.workspace.Workspace;
import io.nbguard.spi.executor.ExecutionHandle;
import io.nbguard.spi.executor.ExecutorCapabilities;
import io.nbguard.spi.executor.ExitReport;
import io.nbguard.spi.process.ProcessGroup;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one execution from its launch, or from where a dead guard has left it, to its end, on a thread of its own that owns
 * every step: launch, wait, end it when that is wanted, kill what is left, judge, keep the output, remove every trace. Others
 * only change the execution's {@link LifecycleState} and wake this thread.
 */
public final class ExecutionRun implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(ExecutionRun.class);
    private static final FailureLog FAILURES = new FailureLog(LOG);
    private static final Duration LONGEST_SETTLING = Duration.ofSeconds(4);
    private static final Duration SHORTEST_LOOK_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_LOOK_PAUSE = Duration.ofMinutes(1);
    private static final Duration PERMIT_LOOK = Duration.ofSeconds(1);
    private static final Duration SHORT_SETTLING = Duration.ofMillis(500);

    private final GuardedExecution execution;
    private final RunDependencies dependencies;
    private final @Nullable Legacy legacy;
    private final Consumer<Workspace> leaves;
    private final Runnable released;
    private final Announcement announcement;

    private @Nullable Workspace workspace;
    private @Nullable ProcessGroup group;
    private @Nullable WatchedExecution watched;
    private @Nullable TreeEnd tree;
    // Its guard is closed and its engine does not say what became of it: the record stays as it is, for the next guard.
    private boolean leftToOthers;
    // It is known that nothing of it runs any more, or ever did.
    private boolean settled;
    private final GrowingPause lookPause = new GrowingPause(SHORTEST_LOOK_PAUSE, LONGEST_LOOK_PAUSE);
    // Since when its executor has it, in the attempt under way.
    private OptionalLong foundAtNanos = OptionalLong.empty();
    private String lost = "";
    private Optional<Path> staged = Optional.empty();
    private Optional<Instant> endedAt = Optional.empty();

    /**
     * What a dead guard has left of an execution that goes on.
     *
     * @param record how it was last known
     * @param kept its files, and what finds it again
     * @param group its processes, of a local execution; without a root if it has ended meanwhile
     * @param goesOn whether it goes on; if not, it is ended
     */
    public record Legacy(ExecutionRecord record, KeptRun kept, Optional<ProcessGroup> group, boolean goesOn) {}

    /**
     * Makes the run.
     *
     * @param legacy what there is of it; null for a new one
     * @param leaves takes the files of one that is left to the next guard
     * @param released called when nothing of it is left, before its completion future completes
     */
    public ExecutionRun(
            GuardedExecution execution,
            RunDependencies dependencies,
            @Nullable Legacy legacy,
            Consumer<Workspace> leaves,
            Runnable released) {
        this.execution = execution;
        this.dependencies = dependencies;
        this.legacy = legacy;
        this.leaves = leaves;
        this.released = released;
        announcement = new Announcement(dependencies.runtimeFolder(), execution.id());
    }

    @Override
    public void run() {
        Thread self = Thread.currentThread();
        execution.drivenBy(() -> LockSupport.unpark(self));
        Verdict verdict;
        try {
            verdict = legacy == null ? live() : liveOn(legacy);
        } catch (RuntimeException | Error e) {
            verdict = defect(e);
            // What failed is this thread: the engine may run the execution.
            leftToOthers = !settled
                    && !execution.gone()
                    && !execution.openExecutor().isLocal()
                    && execution.handle().isPresent();
            if (leftToOthers) {
                awaitClosing(e);
            }
        }
        try {
            if (!leftToOthers) {
                verdict = leaveNothing(verdict);
            }
        } catch (RuntimeException | Error e) {
            FAILURES.error("cleaning up after {} failed", execution, e);
            verdict = verdict.withRemark("cleaning up failed: " + e);
        }
        if (!leftToOthers) {
            execution.ended(verdict, endedAt.orElseGet(dependencies.clock()::instant));
        } else if (workspace != null && execution.handle().isPresent()) {
            // Without a handle no guard could find it: another one would take it for lost.
            leaves.accept(workspace);
        }
        dependencies.executors().hasEnded(execution.id());
        released.run();
        execution.complete();
    }

    private Verdict live() {
        Optional<String> refusal = askForPermit();
        if (refusal.isPresent()) {
            return notPermitted(refusal.get());
        }
        if (!execution.launching()) {
            return stopped();
        }
        try {
            workspace = Workspace.create(execution.id(), dependencies.temporaryRoot(), wantedOutput());
        } catch (IOException | InvalidPathException e) {
            return failedToStart("no folder for its files could be made: " + e, e);
        }
        Optional<ProcessGroup> processes = Optional.empty();
        if (execution.openExecutor().isLocal()) {
            try {
                processes = Optional.of(dependencies
                        .tracker()
                        .create(
                                execution.id(),
                                Allocation.of(execution.request().limits())));
            } catch (GuardException e) {
                return failedToStart(String.valueOf(e.getMessage()), e);
            }
        }
        return live(workspace, processes, Optional.empty());
    }

    /** Waits until the launch is permitted or the execution is stopped; returns why it may not be launched. */
    private Optional<String> askForPermit() {
        Thread self = Thread.currentThread();
        CompletableFuture<Optional<String>> answer = execution.permit().ask(execution.id());
        answer.whenComplete((given, failure) -> LockSupport.unpark(self));
        while (!answer.isDone() && execution.lifecycle().cause() == null) {
            Parking.park(this, PERMIT_LOOK.toNanos());
        }
        return execution.lifecycle().cause() == null ? answer.join() : Optional.empty();
    }

    private Verdict liveOn(Legacy left) {
        workspace = Workspace.reopen(left.kept().folders());
        // Its root may be a zombie: not yet reaped. For a remote execution only the engine knows whether it lives.
        boolean mayLive = left.group()
                .map(processes -> processes.root().isPresent() && !processes.isEmpty())
                .orElse(true);
        execution.note(
                mayLive
                        ? "taken up again: the guard that launched it is gone"
                        : "looked after again: it ended when no guard was there");
        if (!left.goesOn()) {
            execution.end(EndCause.hostDied(left.record()), StopMode.IMMEDIATE);
        }
        Verdict verdict = live(workspace, left.group(), Optional.of(left.kept().handle()));
        return mayLive ? verdict : verdict.withRemark("it ended when no guard was there");
    }

    /** Lives it to its end; where an executor breaks, and its engine may have the execution, it is looked for there again and again. */
    private Verdict live(Workspace workspace, Optional<ProcessGroup> processes, Optional<ExecutionHandle> handle) {
        Optional<Verdict> verdict = attempt(workspace, processes, handle);
        while (verdict.isEmpty()) {
            verdict = attempt(workspace, Optional.empty(), execution.handle());
        }
        return verdict.get();
    }

    /** Returns how it ended; empty if it is to be looked for again. */
    private Optional<Verdict> attempt(
            Workspace workspace, Optional<ProcessGroup> processes, Optional<ExecutionHandle> handle) {
        boolean goesOn = handle.isPresent();
        processes.ifPresent(here -> {
            group = here;
            execution.startsIn(here);
            WatchedExecution seen = new WatchedExecution(execution, here);
            watched = seen;
            dependencies.loop().watch(seen);
            dependencies.outsideWatch().begin(seen, workspace.folders());
            tree = new TreeEnd(execution, here);
        });
        ExecutionSupervisor supervisor =
                new ExecutionSupervisor(execution, dependencies, group, tree, announcement, goesOn);
        Launch launch;
        try {
            launch = new Launch(execution, workspace, processes, dependencies, handle);
            launch.start();
        } catch (RuntimeException | Error e) {
            if (group == null && goesOn) {
                FAILURES.error("{} could not be looked for in its engine", execution, e);
                return lookAgain("nbguard", e.toString());
            }
            throw e;
        }
        supervise(!goesOn, () -> supervisor.during(launch));
        if (!launch.launched().isDone()) {
            if (group == null && execution.handle().isPresent()) {
                // Its engine may run it, and has not said how it does.
                launch.interrupt();
                return Optional.of(left());
            }
            launch.abandon();
            return Optional.of(stopped().withRemark("its executor did not return from the launch"));
        }
        launch.awaitThread();
        Launch.Launched underWay;
        try {
            underWay = launch.launched().join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            String why = reason(cause, launch.faults());
            if (group == null && execution.handle().isPresent() && !isAnswer(cause, goesOn)) {
                return lookAgain("its executor", why);
            }
            settled = true;
            return Optional.of(goesOn ? failedToGoOn(why, cause) : failedToStart(why, cause));
        }
        CompletableFuture<ExitReport> exit = underWay.completion();
        supervise(true, () -> supervisor.during(underWay.execution(), exit, launch.faults()));
        if (!exit.isDone() && execution.isAbandoned() && group == null) {
            return Optional.of(left());
        }
        // Also while it is being stopped: until its engine says that it is gone, it may run.
        Optional<String> broken = group == null && !execution.gone() ? brokenReport(exit, launch) : Optional.empty();
        if (broken.isPresent() && execution.handle().isPresent() && canRecover()) {
            return lookAgain("its executor", broken.get());
        }
        settled = true;
        claim();
        return Optional.of(judge(exit, launch.faults()));
    }

    private boolean canRecover() {
        return execution.openExecutor().capabilities().has(ExecutorCapabilities.Feature.RECOVER);
    }

    /** Returns what is wrong with the report of an engine's execution, which says nothing of whether that has ended. */
    private static Optional<String> brokenReport(CompletableFuture<ExitReport> exit, Launch launch) {
        if (!exit.isDone()) {
            return Optional.empty();
        }
        try {
            ReportCheck.checked(exit.join());
            return Optional.empty();
        } catch (CompletionException | CancellationException | ExecutorBroken e) {
            return Optional.of(launch.faults().tell(e.getCause() == null ? e : e.getCause()));
        }
    }

    /** Leaves it as it stands to the next guard: this one is closed, and its engine does not say what became of it. */
    private Verdict left() {
        leftToOthers = true;
        LOG.warn(
                "{} is left to the next guard with this history: its engine has not said what became of it", execution);
        return stopped();
    }

    /** Returns whether an executor has said that nothing runs: it refuses the launch, or its engine does not know the execution. */
    private static boolean isAnswer(Throwable cause, boolean goesOn) {
        return goesOn
                ? cause instanceof GuardException known && known.code() == ErrorCode.NOT_FOUND
                : cause instanceof GuardException || cause instanceof InterruptedException;
    }

    /**
     * Supervises it; what an engine runs does not end because nbguard fails: after a pause the supervision goes on, until the guard
     * is closed.
     *
     * @param found whether its executor has it, or launches it now, and does not look for it: a contact that was lost is restored
     */
    private void supervise(boolean found, Runnable step) {
        boolean again = false;
        while (!again || !execution.isAbandoned()) {
            try {
                if (found) {
                    execution.foundAgain(lost);
                    foundAtNanos = OptionalLong.of(dependencies.clock().nanoTime());
                }
                step.run();
                return;
            } catch (RuntimeException | Error e) {
                if (group != null) {
                    throw e;
                }
                FAILURES.error("the run of {} failed; it goes on after a pause", execution, e);
                LifecycleState at = execution.lifecycle();
                if (at.state() == ExecutionState.CONTACT_LOST && !lost.equals(at.detail())) {
                    // Its executor has lost contact, and says so itself when it answers again.
                    pause();
                } else {
                    loseContact("nbguard", e.toString());
                }
                again = true;
            }
        }
    }

    /** Waits until the guard is closed, which leaves the execution to the next one: this thread cannot follow it any more. */
    private void awaitClosing(Throwable failure) {
        try {
            execution.contactLost(
                    "nbguard failed (" + failure + ") and does not follow it any more, and its engine may run it:"
                            + " close this guard, and the next one with this history looks for"
                            + " it, or end it in its engine");
        } catch (RuntimeException | Error e) {
            FAILURES.error("it cannot be told that {} is not followed any more", execution, e);
        }
        while (!execution.isAbandoned() && !execution.isGuardClosing()) {
            Parking.park(this, PERMIT_LOOK.toNanos());
        }
    }

    /** Something failed, and its engine may have the execution: after a pause it is looked for there. */
    private Optional<Verdict> lookAgain(String who, String why) {
        loseContact(who, why);
        return execution.isAbandoned() ? Optional.of(left()) : Optional.empty();
    }

    /**
     * Records that it is not known how the execution does, and pauses.
     *
     * @param who what failed: its executor, or nbguard
     */
    private void loseContact(String who, String why) {
        if (lost.isEmpty()) {
            execution.note(who + " failed (" + why + ") when its engine may have it: it is looked for there");
        }
        lost = who + " cannot find out how it does in its engine (" + why + "); it is tried again";
        execution.contactLost(lost);
        pause();
    }

    /** Pauses, for longer each time, until the guard is closed or a stop is to reach the engine. */
    private void pause() {
        GuardClock clock = dependencies.clock();
        long begun = clock.nanoTime();
        if (foundAtNanos.isPresent() && begun - foundAtNanos.getAsLong() > LONGEST_LOOK_PAUSE.toNanos()) {
            // It was under way for a while: this is another failure, and not the same one again.
            lookPause.reset();
        }
        foundAtNanos = OptionalLong.empty();
        long until = begun + lookPause.takeNanos();
        StopMode stop = execution.lifecycle().stop();
        while (!execution.isAbandoned()
                && clock.nanoTime() - until < 0
                // A stop is to reach the engine, which may answer by now.
                && stop == execution.lifecycle().stop()) {
            Parking.park(this, Math.min(PERMIT_LOOK.toNanos(), until - clock.nanoTime()));
        }
    }

    private Path wantedOutput() {
        Instant startedAt = execution.startedAt().orElseGet(dependencies.clock()::instant);
        return dependencies.template().fileOf(execution.id(), execution.request(), startedAt, dependencies.outputs());
    }

    // Judging.

    private Verdict judge(CompletableFuture<ExitReport> exit, ExecutorFaults faults) {
        EndCause cause = execution.lifecycle().cause();
        if (!exit.isDone()) {
            String text = "its executor did not report its end";
            faults.tell(Fault.TOO_SLOW, null, "it does not report the end, though nothing of it is left");
            return withoutReport(cause, text);
        }
        ExitReport report;
        try {
            report = ReportCheck.cleaned(
                    ReportCheck.checked(exit.join()),
                    execution.startedAt().orElseGet(dependencies.clock()::instant),
                    dependencies.clock().instant(),
                    wrong -> faults.tell(Fault.INVALID_ANSWER, null, wrong));
        } catch (CompletionException | CancellationException | ExecutorBroken e) {
            Throwable failure = e.getCause() == null ? e : e.getCause();
            return withoutReport(cause, "it is not known how it ended: " + faults.tell(failure));
        }
        staged = report.output();
        endedAt = report.endedAt();
        return Verdict.judge(cause, report, execution.userCodeRan(), kernelToll(cause, report))
                .after(execution.progress());
    }

    private Verdict withoutReport(@Nullable EndCause cause, String text) {
        staged = workspace == null ? Optional.empty() : workspace.findStaged();
        return cause == null
                ? Verdict.withoutReport(EndReason.ORPHANED, text, Optional.empty())
                : stopped().withRemark(text);
    }

    /** Makes the sampling loop count afresh first: it reads the kernel's count once a second. */
    private KernelToll kernelToll(@Nullable EndCause cause, ExitReport report) {
        WatchedExecution seen = watched;
        if (seen == null) {
            return KernelToll.NONE;
        }
        if (!Verdict.isSuccess(report)
                && !dependencies.loop().settle(cause == null ? LONGEST_SETTLING : SHORT_SETTLING)) {
            LOG.debug("{} is judged by what was measured last", execution);
        }
        KernelToll toll = seen.kernelToll();
        if (toll.isNone() && Verdict.diedOfSigkill(cause, report)) {
            return dependencies
                    .loop()
                    .claimKernelOomKill()
                    .map(where -> new KernelToll(1, where))
                    .orElse(KernelToll.NONE);
        }
        return toll;
    }

    /** The end was seen: later causes do not count, but a kill that caused it may not have been reported yet. */
    private void claim() {
        if (execution.lifecycle().cause() == null) {
            dependencies.outsideWatch().learnKills();
        }
        execution.exited();
    }

    private Verdict failedToStart(String why, Throwable e) {
        claim();
        if (execution.lifecycle().cause() != null) {
            return stopped();
        }
        LOG.debug("{} could not be started", execution, e);
        return Verdict.withoutReport(EndReason.START_FAILED, "It could not be started: " + why, Optional.of(why));
    }

    private Verdict failedToGoOn(String why, Throwable e) {
        claim();
        staged = workspace == null ? Optional.empty() : workspace.findStaged();
        if (execution.lifecycle().cause() != null) {
            return stopped();
        }
        LOG.debug("{} could not be taken up again", execution, e);
        return Verdict.withoutReport(
                EndReason.ORPHANED,
                (legacy == null
                                ? "Its executor failed, and it could not be found again: "
                                : "The guard that launched it is gone, and it could not be taken up again: ")
                        + why,
                Optional.empty());
    }

    private Verdict notPermitted(String why) {
        claim();
        return execution.lifecycle().cause() == null
                ? Verdict.withoutReport(EndReason.START_FAILED, "It was not started: " + why, Optional.of(why))
                : stopped();
    }

    private String reason(Throwable e, ExecutorFaults faults) {
        if (e instanceof GuardException known) {
            return PluginText.bounded(String.valueOf(known.getMessage()));
        }
        for (Throwable at = e; at != null; at = at.getCause()) {
            if (at instanceof InterruptedException
                    || (at instanceof InterruptedIOException && !(at instanceof SocketTimeoutException))) {
                return "its launch was interrupted";
            }
        }
        return faults.tell(e);
    }

    private Verdict stopped() {
        EndCause cause = execution.lifecycle().cause();
        return cause == null
                ? Verdict.withoutReport(EndReason.START_FAILED, "It could not be started", Optional.empty())
                : Verdict.withoutReport(cause.reason(), cause.message(), Optional.empty());
    }

    private Verdict defect(Throwable e) {
        FAILURES.error("the run of {} failed", execution, e);
        EndReason reason = execution.userCodeRan() ? EndReason.ORPHANED : EndReason.START_FAILED;
        return Verdict.withoutReport(reason, "nbguard failed: " + e, Optional.of(e.toString()));
    }

    // Leaving nothing behind.

    private Verdict leaveNothing(Verdict verdict) {
        execution.exited();
        Verdict result = verdict;
        long before = dependencies.clock().nanoTime();
        if (tree == null) {
            execution.isGone();
        } else if (!tree.confirm()) {
            result = result.withRemark(tellSurvivors(dependencies.clock().nanoTime() - before));
        }
        if (workspace != null) {
            Workspace.Kept kept = workspace.finish(staged);
            result = kept.output().map(result::withOutput).orElse(result);
            result = kept.remark().map(result::withRemark).orElse(result);
        }
        announcement.withdraw();
        if (group != null && watched != null) {
            dependencies.loop().unwatch(watched);
            dependencies.outsideWatch().end(watched);
            group.close();
        }
        return result;
    }

    private String tellSurvivors(long waitedNanos) {
        String pids = dependencies.loop().snapshot().executions().stream()
                .filter(snapshot -> snapshot.id().equals(execution.id()))
                .flatMap(snapshot -> snapshot.processes().stream())
                .map(process -> Long.toString(process.pid()))
                .collect(Collectors.joining(", "));
        String text = "not every process of it could be killed"
                + (pids.isEmpty() ? "" : " (last seen: pid " + pids + ")") + "; look for a process in state D";
        LOG.warn("{}: {}", execution, text);
        dependencies
                .events()
                .publish(new GuardEvent.KillUnconfirmed(
                        dependencies.clock().instant(),
                        execution.id(),
                        execution.notebook(),
                        Duration.ofNanos(waitedNanos),
                        execution.notebook() + ": " + text));
        return text;
    }
}
