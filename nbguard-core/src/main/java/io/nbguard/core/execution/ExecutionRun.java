package io.nbguard.core.execution;

import io.nbguard.api.EndReason;
import io.nbguard.api.ExecutionRequest;
import io.nbguard.api.GuardEvent;
import io.nbguard.api.GuardException;
import io.nbguard.api.StopMode;
import io.nbguard.core.announce.AnnouncedExecution;
import io.nbguard.core.announce.Announcement;
import io.nbguard.core.announce.GuardProcess;
import io.nbguard.spi.ExitReport;
import io.nbguard.spi.LaunchedExecution;
import io.nbguard.spi.ProcessGroup;
import io.nbguard.spi.ProcessIdentity;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
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
 * Drives one execution from its launch to its end, on a thread of its own that owns every step: launch, wait, end it when
 * that is wanted, kill what is left, judge, keep the output, remove every trace. Others only change the execution's
 * {@link Standing} and wake this thread.
 */
final class ExecutionRun implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(ExecutionRun.class);
    private static final Duration ROOT_GRACE = Duration.ofSeconds(1);
    private static final Duration KILL_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration ONE_MORE_TRY = Duration.ofSeconds(2);
    private static final long REPORT_PATIENCE_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long FOREVER = Long.MAX_VALUE;

    private final GuardedExecution execution;
    private final RunMeans means;
    private final Runnable released;
    private final Announcement announcement;
    private final GuardProcess guard = GuardProcess.current();

    private @Nullable Workspace workspace;
    private @Nullable ProcessGroup group;
    private @Nullable Launch launch;
    private @Nullable LaunchedExecution underWay;
    private @Nullable StopLadder ladder;
    private long killedAtNanos;
    private boolean killed;
    private boolean unkillable;
    private boolean gaveUp;
    private boolean timedOut;
    private Optional<Path> staged = Optional.empty();

    /**
     * Makes the run.
     *
     * @param released called when nothing of it is left, before those who wait for its completion are told
     */
    ExecutionRun(GuardedExecution execution, RunMeans means, Runnable released) {
        this.execution = execution;
        this.means = means;
        this.released = released;
        announcement = new Announcement(means.runtimeFolder(), execution.id());
    }

    @Override
    public void run() {
        Thread self = Thread.currentThread();
        execution.drivenBy(() -> LockSupport.unpark(self));
        Verdict verdict;
        try {
            verdict = live();
        } catch (RuntimeException | Error e) {
            verdict = defect(e);
        }
        try {
            verdict = leaveNothing(verdict);
        } catch (RuntimeException | Error e) {
            LOG.error("cleaning up after {} failed", execution, e);
            verdict = verdict.withRemark("cleaning up failed: " + e);
        }
        execution.ended(verdict);
        released.run();
        execution.complete();
    }

    private Verdict live() {
        if (!execution.launching()) {
            return stopped();
        }
        try {
            workspace = Workspace.create(execution.id(), means.temporaryRoot(), wantedOutput());
        } catch (IOException | InvalidPathException e) {
            return failedToStart("no folder for its files could be made: " + e, e);
        }
        ProcessGroup processes = means.tracker().create(execution.id());
        group = processes;
        execution.startsIn(processes);
        means.loop().watch(execution);

        Launch starting = new Launch(execution, workspace, processes, means);
        launch = starting;
        starting.start();
        attend(starting.launched());
        if (!starting.launched().isDone()) {
            starting.abandon();
            return stopped().withRemark("its executor did not return from the launch");
        }
        starting.awaitThread();
        CompletableFuture<ExitReport> exit;
        try {
            LaunchedExecution started = starting.launched().join();
            underWay = started;
            // What was tried on the launch did not reach what it started: a stop under way begins anew.
            ladder = null;
            killed = false;
            exit = started.completion();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return failedToStart(reason(cause), cause);
        }
        attend(exit);
        execution.exited();
        return judge(exit);
    }

    private Path wantedOutput() {
        ExecutionRequest request = execution.request();
        Instant startedAt = execution.record().startedAt().orElseGet(means.clock()::instant);
        return request.output().orElseGet(() -> means.outputs()
                .resolve(means.template()
                        .render(request.notebook(), execution.id().shortForm(), request.owner(), startedAt)));
    }

    // Waiting, and what falls due meanwhile.

    private void attend(CompletableFuture<?> awaited) {
        Thread self = Thread.currentThread();
        awaited.whenComplete((result, failure) -> LockSupport.unpark(self));
        while (!awaited.isDone() && !gaveUp) {
            long now = means.clock().nanoTime();
            long wait = Math.min(timeoutDuty(now), Math.min(stopDuty(now), announceDuty(now)));
            if (wait > 0 && !awaited.isDone() && !gaveUp) {
                LockSupport.parkNanos(this, wait);
                // A stray interrupt would make every later park return at once.
                Thread.interrupted();
            }
        }
    }

    private long timeoutDuty(long now) {
        Optional<Duration> allowed = execution.request().limits().timeout();
        if (allowed.isEmpty() || timedOut) {
            return FOREVER;
        }
        long left = saturatedNanos(allowed.get()) - (now - execution.launchedAtNanos());
        if (left > 0) {
            return left;
        }
        timedOut = true;
        execution.end(EndCause.timeout(allowed.get()), StopMode.GRACEFUL);
        return 0;
    }

    private static long saturatedNanos(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException longerThanAnyoneLives) {
            return FOREVER;
        }
    }

    private long stopDuty(long now) {
        Standing standing = execution.standing();
        EndCause cause = standing.cause();
        StopMode mode = standing.stop();
        if (cause == null || mode == null) {
            return FOREVER;
        }
        StopLadder steps = ladder;
        if (steps == null) {
            steps = StopLadder.begin(cause.reason(), mode, means.stopGrace(), now);
            ladder = steps;
        } else if (mode == StopMode.IMMEDIATE) {
            steps.hasten(now);
        }
        if (!steps.isDue(now)) {
            return steps.dueInNanos(now);
        }
        announceDuty(now);
        push(steps.take(now));
        return 0;
    }

    private void push(StopLadder.Force force) {
        LaunchedExecution target = underWay;
        Launch starting = launch;
        if (target == null && starting != null) {
            // No user code runs yet: the launch is asked to give up, whatever the force.
            starting.interrupt();
        }
        switch (force) {
            case INTERRUPT -> tell(target, LaunchedExecution::interrupt);
            case TERMINATE -> tell(target, LaunchedExecution::terminate);
            case KILL -> kill(target);
        }
    }

    private void kill(@Nullable LaunchedExecution target) {
        long now = means.clock().nanoTime();
        if (!killed) {
            killed = true;
            killedAtNanos = now;
        }
        // The tree first, while the root still holds it together; then the executor, so that it tries nothing new.
        killGroup();
        tell(target, LaunchedExecution::kill);
        if (target == null) {
            gaveUp = now - killedAtNanos > KILL_TIMEOUT.toNanos();
        } else {
            boolean dead = confirmDead(KILL_TIMEOUT);
            if (dead) {
                execution.isGone();
            }
            unkillable = !dead;
            gaveUp = !dead || means.clock().nanoTime() - killedAtNanos > REPORT_PATIENCE_NANOS;
        }
    }

    private void tell(@Nullable LaunchedExecution target, Consumer<LaunchedExecution> what) {
        if (target == null) {
            return;
        }
        try {
            what.accept(target);
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("executor {} failed to stop {}", means.executor().name(), execution, e);
        }
    }

    private void killGroup() {
        ProcessGroup processes = group;
        if (processes == null) {
            return;
        }
        try {
            processes.kill();
        } catch (RuntimeException e) {
            LOG.warn("killing the processes of {} failed; it is tried again", execution, e);
        }
    }

    private boolean confirmDead(Duration timeout) {
        ProcessGroup processes = group;
        if (processes == null) {
            return true;
        }
        for (int attempt = 1; ; attempt++) {
            try {
                return processes.killAndConfirm(ROOT_GRACE, timeout);
            } catch (InterruptedException e) {
                // Nobody has a reason to interrupt this thread; an executor's mistake must not let processes live.
                if (attempt == 3) {
                    return false;
                }
            } catch (RuntimeException e) {
                LOG.error("the processes of {} cannot be searched for", execution, e);
                return false;
            }
        }
    }

    private long announceDuty(long now) {
        if (!announcement.isWanted()) {
            return FOREVER;
        }
        Optional<ProcessIdentity> root = Optional.ofNullable(group).flatMap(ProcessGroup::root);
        AnnouncedExecution news = new AnnouncedExecution(
                execution.id(),
                execution.notebook(),
                execution.state(),
                execution.progress().cellsDone(),
                execution.progress().cellsTotal(),
                execution.priority(),
                root,
                execution.record().startedAt().orElseGet(means.clock()::instant),
                guard,
                execution.memoryLimit(),
                means.memoryBudget());
        return announcement.offer(news, now);
    }

    // Judging.

    private Verdict judge(CompletableFuture<ExitReport> exit) {
        EndCause cause = execution.standing().cause();
        if (!exit.isDone()) {
            staged = workspace == null ? Optional.empty() : workspace.findStaged();
            return stopped().withRemark("its executor did not report its end");
        }
        ExitReport report;
        try {
            report = exit.join();
        } catch (CompletionException | CancellationException e) {
            Throwable failure = e.getCause() == null ? e : e.getCause();
            LOG.error(
                    "executor {} broke its contract: it failed to report on {}",
                    means.executor().name(),
                    execution,
                    failure);
            staged = workspace == null ? Optional.empty() : workspace.findStaged();
            String text = "executor " + means.executor().name() + " could not say how it ended: " + failure;
            return cause == null
                    ? Verdict.withoutReport(EndReason.ORPHANED, text, Optional.empty())
                    : stopped().withRemark(text);
        }
        staged = report.output();
        return Verdict.judge(cause, report, execution.userCodeRan());
    }

    private Verdict failedToStart(String why, Throwable e) {
        execution.exited();
        if (execution.standing().cause() != null) {
            return stopped();
        }
        LOG.debug("{} could not be started", execution, e);
        return Verdict.withoutReport(EndReason.START_FAILED, "It could not be started: " + why, Optional.of(why));
    }

    private String reason(Throwable e) {
        if (e instanceof GuardException known) {
            return String.valueOf(known.getMessage());
        }
        if (e instanceof InterruptedException) {
            return "its launch was interrupted";
        }
        LOG.error("executor {} failed in an unexpected way", means.executor().name(), e);
        return "executor " + means.executor().name() + " failed: " + e;
    }

    private Verdict stopped() {
        EndCause cause = execution.standing().cause();
        return cause == null
                ? Verdict.withoutReport(EndReason.START_FAILED, "It could not be started", Optional.empty())
                : Verdict.withoutReport(cause.reason(), cause.message(), Optional.empty());
    }

    private Verdict defect(Throwable e) {
        LOG.error("the run of {} failed", execution, e);
        EndReason reason = execution.userCodeRan() ? EndReason.ORPHANED : EndReason.START_FAILED;
        return Verdict.withoutReport(reason, "nbguard failed: " + e, Optional.of(e.toString()));
    }

    // Leaving nothing behind.

    private Verdict leaveNothing(Verdict verdict) {
        execution.exited();
        Verdict result = verdict;
        long before = means.clock().nanoTime();
        if (confirmDead(unkillable ? ONE_MORE_TRY : KILL_TIMEOUT)) {
            execution.isGone();
        } else {
            result = result.withRemark(tellSurvivors(means.clock().nanoTime() - before));
        }
        if (workspace != null) {
            result = workspace.finish(result, staged);
        }
        announcement.withdraw();
        if (group != null) {
            means.loop().unwatch(execution);
            group.close();
        }
        return result;
    }

    private String tellSurvivors(long waitedNanos) {
        String pids = means.loop().snapshot().executions().stream()
                .filter(snapshot -> snapshot.id().equals(execution.id()))
                .flatMap(snapshot -> snapshot.processes().stream())
                .map(process -> Long.toString(process.pid()))
                .collect(Collectors.joining(", "));
        String text = "not every process of it could be killed"
                + (pids.isEmpty() ? "" : " (last seen: pid " + pids + ")") + "; look for a process in state D";
        LOG.warn("{}: {}", execution, text);
        means.events()
                .publish(new GuardEvent.KillUnconfirmed(
                        means.clock().instant(),
                        execution.id(),
                        execution.notebook(),
                        Duration.ofNanos(waitedNanos),
                        execution.notebook() + ": " + text));
        return text;
    }
}
