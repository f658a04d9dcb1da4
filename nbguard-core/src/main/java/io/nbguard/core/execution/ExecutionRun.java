package io.nbguard.core.execution;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.StopMode;
import io.nbguard.api.resource.Allocation;
import io.nbguard.core.thread.FailureLog;
import io.nbguard.core.thread.Parking;
import io.nbguard.core.workspace.KeptRun;
import io.nbguard.core.workspace.Workspace;
import io.nbguard.spi.executor.ExecutionHandle;
import io.nbguard.spi.executor.ExecutorCapabilities;
import io.nbguard.spi.executor.ExitReport;
import io.nbguard.spi.process.ProcessGroup;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
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
    private static final long PERMIT_LOOK_NANOS = Duration.ofSeconds(1).toNanos();

    private final GuardedExecution execution;
    private final RunDependencies dependencies;
    private final @Nullable Legacy legacy;
    private final Consumer<Workspace> leaves;
    private final Runnable released;
    private final RunResources resources;
    private final EngineContact contact;
    private final RunVerdicts verdicts;

    // Its guard is closed and its engine does not say what became of it: the record stays as it is, for the next guard.
    private boolean leftToOthers;
    // It is known that nothing of it runs any more, or ever did.
    private boolean settled;

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
        resources = new RunResources(execution, dependencies);
        contact = new EngineContact(execution, dependencies.clock());
        verdicts = new RunVerdicts(execution, dependencies, resources, legacy != null);
    }

    @Override
    public void run() {
        Thread self = Thread.currentThread();
        execution.drivenBy(() -> LockSupport.unpark(self));
        Verdict verdict;
        try {
            verdict = legacy == null ? live() : liveOn(legacy);
        } catch (RuntimeException | Error e) {
            verdict = verdicts.defect(e);
            // What failed is this thread: the engine may run the execution.
            leftToOthers = !settled
                    && !execution.gone()
                    && !execution.openExecutor().isLocal()
                    && execution.handle().isPresent();
            if (leftToOthers) {
                contact.awaitClosing(e);
            }
        }
        try {
            if (!leftToOthers) {
                verdict = resources.release(verdict, verdicts.staged());
            }
        } catch (RuntimeException | Error e) {
            FAILURES.error("cleaning up after {} failed", execution, e);
            verdict = verdict.withRemark("cleaning up failed: " + e);
        }
        try {
            if (!leftToOthers) {
                execution.ended(verdict, verdicts.endedAt());
            } else {
                leave(resources.workspace());
            }
        } finally {
            // Its place and those that wait for its end, whatever failed.
            try {
                dependencies.executors().hasEnded(execution.id());
                released.run();
            } finally {
                execution.complete();
            }
        }
    }

    private void leave(@Nullable Workspace workspace) {
        // Without a handle no guard could find it: another one would take it for lost.
        if (workspace != null && execution.handle().isPresent()) {
            leaves.accept(workspace);
        }
    }

    private Verdict live() {
        Optional<String> refusal = askForPermit();
        if (refusal.isPresent()) {
            return verdicts.notPermitted(refusal.get());
        }
        if (!execution.launching()) {
            return verdicts.stopped();
        }
        Workspace workspace;
        try {
            workspace = Workspace.create(execution.id(), dependencies.temporaryRoot(), wantedOutput());
        } catch (IOException | InvalidPathException e) {
            return verdicts.failedToStart("no folder for its files could be made: " + e, e);
        }
        resources.take(workspace);
        Optional<ProcessGroup> processes = Optional.empty();
        if (execution.openExecutor().isLocal()) {
            try {
                processes = Optional.of(dependencies
                        .tracker()
                        .create(
                                execution.id(),
                                Allocation.of(execution.request().limits())));
            } catch (GuardException e) {
                return verdicts.failedToStart(String.valueOf(e.getMessage()), e);
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
            Parking.park(this, PERMIT_LOOK_NANOS);
        }
        return execution.lifecycle().cause() == null ? answer.join() : Optional.empty();
    }

    private Verdict liveOn(Legacy left) {
        Workspace workspace = Workspace.reopen(left.kept().folders());
        resources.take(workspace);
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
        processes.ifPresent(here -> resources.take(here, workspace));
        boolean inEngine = !resources.hasProcesses();
        ExecutionSupervisor supervisor = resources.supervisor(goesOn);
        Launch launch;
        try {
            launch = new Launch(execution, workspace, processes, dependencies, handle);
            launch.start();
        } catch (RuntimeException | Error e) {
            if (inEngine && goesOn) {
                FAILURES.error("{} could not be looked for in its engine", execution, e);
                return lookAgain("nbguard", e.toString());
            }
            throw e;
        }
        supervise(inEngine, !goesOn, () -> supervisor.during(launch));
        if (!launch.launched().isDone()) {
            if (inEngine && execution.handle().isPresent()) {
                // Its engine may run it, and has not said how it does.
                launch.interrupt();
                return Optional.of(left());
            }
            launch.abandon();
            return Optional.of(verdicts.stopped().withRemark("its executor did not return from the launch"));
        }
        launch.awaitThread();
        Launch.Launched underWay;
        try {
            underWay = launch.launched().join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            String why = RunVerdicts.reason(cause, launch.faults());
            if (inEngine && execution.handle().isPresent() && !isAnswer(cause, goesOn)) {
                return lookAgain("its executor", why);
            }
            settled = true;
            return Optional.of(goesOn ? verdicts.failedToGoOn(why, cause) : verdicts.failedToStart(why, cause));
        }
        CompletableFuture<ExitReport> exit = underWay.completion();
        supervise(inEngine, true, () -> supervisor.during(underWay.execution(), exit, launch.faults()));
        if (!exit.isDone() && execution.isAbandoned() && inEngine) {
            return Optional.of(left());
        }
        Instant now = dependencies.clock().instant();
        EndReport said = EndReport.of(exit, execution.startedAt().orElse(now), now, launch.faults());
        // Also while it is being stopped: until its engine says that it is gone, it may run.
        boolean mayRun = inEngine && !execution.gone() && execution.handle().isPresent();
        if (mayRun && said instanceof EndReport.Broken broken && canRecover()) {
            return lookAgain("its executor", broken.why());
        }
        settled = true;
        return Optional.of(verdicts.of(said, launch.faults()));
    }

    /** Supervises it: what an engine runs does not end because nbguard fails. */
    private void supervise(boolean inEngine, boolean found, Runnable step) {
        if (inEngine) {
            contact.supervise(found, step);
        } else {
            step.run();
        }
    }

    private boolean canRecover() {
        return execution.openExecutor().capabilities().has(ExecutorCapabilities.Feature.RECOVER);
    }

    /** Leaves it as it stands to the next guard: this one is closed, and its engine does not say what became of it. */
    private Verdict left() {
        leftToOthers = true;
        LOG.warn(
                "{} is left to the next guard with this history: its engine has not said what became of it", execution);
        return verdicts.stopped();
    }

    /** Returns whether an executor has said that nothing runs: it refuses the launch, or its engine does not know the execution. */
    private static boolean isAnswer(Throwable cause, boolean goesOn) {
        return goesOn
                ? cause instanceof GuardException known && known.code() == ErrorCode.NOT_FOUND
                : cause instanceof GuardException || cause instanceof InterruptedException;
    }

    /** Something failed, and its engine may have the execution: after a pause it is looked for there. */
    private Optional<Verdict> lookAgain(String who, String why) {
        contact.lose(who, why);
        return execution.isAbandoned() ? Optional.of(left()) : Optional.empty();
    }

    private Path wantedOutput() {
        Instant startedAt = execution.startedAt().orElseGet(dependencies.clock()::instant);
        return dependencies.template().fileOf(execution.id(), execution.request(), startedAt, dependencies.outputs());
    }
}
