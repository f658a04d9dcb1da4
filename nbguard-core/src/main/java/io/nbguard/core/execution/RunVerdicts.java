package io.nbguard.core.execution;

import io.nbguard.api.GuardException;
import io.nbguard.api.event.GuardEvent.PluginMisbehaved.Fault;
import io.nbguard.api.execution.EndReason;
import io.nbguard.core.event.PluginText;
import io.nbguard.core.thread.FailureLog;
import io.nbguard.core.workspace.Workspace;
import io.nbguard.spi.executor.ExitReport;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The verdict for each way in which a run can end, with the output and the time of the end that belong to it. The run's thread only.
 */
final class RunVerdicts {

    private static final Logger LOG = LoggerFactory.getLogger(RunVerdicts.class);
    private static final FailureLog FAILURES = new FailureLog(LOG);
    private static final Duration LONGEST_SETTLING = Duration.ofSeconds(4);
    private static final Duration SHORT_SETTLING = Duration.ofMillis(500);

    private final GuardedExecution execution;
    private final RunDependencies dependencies;
    private final RunResources resources;
    private final boolean takenUp;
    private Optional<Path> staged = Optional.empty();
    private Optional<Instant> endedAt = Optional.empty();

    /**
     * Judges nothing yet.
     *
     * @param takenUp whether another guard has launched it
     */
    RunVerdicts(GuardedExecution execution, RunDependencies dependencies, RunResources resources, boolean takenUp) {
        this.execution = execution;
        this.dependencies = dependencies;
        this.resources = resources;
        this.takenUp = takenUp;
    }

    /** Returns the executed notebook that the verdict is about, if it left one. */
    Optional<Path> staged() {
        return staged;
    }

    /** Returns when it ended, as the verdict says; now, if it says nothing. */
    Instant endedAt() {
        return endedAt.orElseGet(dependencies.clock()::instant);
    }

    /** Judges what its executor has said of its end. */
    Verdict of(EndReport said, ExecutorFaults faults) {
        seen();
        EndCause cause = execution.lifecycle().cause();
        if (said instanceof EndReport.Given given) {
            return of(given.report(), cause);
        }
        if (said instanceof EndReport.Broken broken) {
            return withoutReport(cause, "it is not known how it ended: " + broken.why());
        }
        faults.tell(Fault.TOO_SLOW, null, "it does not report the end, though nothing of it is left");
        return withoutReport(cause, "its executor did not report its end");
    }

    private Verdict of(ExitReport report, @Nullable EndCause cause) {
        staged = report.output();
        endedAt = report.exit().at();
        return Verdict.judge(cause, report, execution.userCodeRan(), kernelToll(cause, report))
                .after(execution.progress());
    }

    private Verdict withoutReport(@Nullable EndCause cause, String text) {
        findStaged();
        return cause == null
                ? Verdict.withoutReport(EndReason.ORPHANED, text, Optional.empty())
                : stopped().withRemark(text);
    }

    private void findStaged() {
        Workspace workspace = resources.workspace();
        staged = workspace == null ? Optional.empty() : workspace.findStaged();
    }

    /** Makes the sampling loop count afresh first: it reads the kernel's count once a second. */
    private KernelToll kernelToll(@Nullable EndCause cause, ExitReport report) {
        WatchedExecution watched = resources.watched();
        if (watched == null) {
            return KernelToll.NONE;
        }
        if (!Verdict.isSuccess(report)
                && !dependencies.loop().settle(cause == null ? LONGEST_SETTLING : SHORT_SETTLING)) {
            LOG.debug("{} is judged by what was measured last", execution);
        }
        KernelToll toll = watched.kernelToll();
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
    private void seen() {
        if (execution.lifecycle().cause() == null) {
            dependencies.outsideWatch().learnKills();
        }
        execution.exited();
    }

    /** It was not launched. */
    Verdict failedToStart(String why, Throwable e) {
        seen();
        if (execution.lifecycle().cause() != null) {
            return stopped();
        }
        LOG.debug("{} could not be started", execution, e);
        return Verdict.withoutReport(EndReason.START_FAILED, "It could not be started: " + why, Optional.of(why));
    }

    /** It was launched, and its executor does not find it. */
    Verdict failedToGoOn(String why, Throwable e) {
        seen();
        findStaged();
        if (execution.lifecycle().cause() != null) {
            return stopped();
        }
        LOG.debug("{} could not be taken up again", execution, e);
        return Verdict.withoutReport(
                EndReason.ORPHANED,
                (takenUp
                                ? "The guard that launched it is gone, and it could not be taken up again: "
                                : "Its executor failed, and it could not be found again: ")
                        + why,
                Optional.empty());
    }

    /** Its launch was refused. */
    Verdict notPermitted(String why) {
        seen();
        return execution.lifecycle().cause() == null
                ? Verdict.withoutReport(EndReason.START_FAILED, "It was not started: " + why, Optional.of(why))
                : stopped();
    }

    /** nbguard has ended it. */
    Verdict stopped() {
        EndCause cause = execution.lifecycle().cause();
        return cause == null
                ? Verdict.withoutReport(EndReason.START_FAILED, "It could not be started", Optional.empty())
                : Verdict.withoutReport(cause.reason(), cause.message(), Optional.empty());
    }

    /** The run itself failed. */
    Verdict defect(Throwable e) {
        FAILURES.error("the run of {} failed", execution, e);
        EndReason reason = execution.userCodeRan() ? EndReason.ORPHANED : EndReason.START_FAILED;
        return Verdict.withoutReport(reason, "nbguard failed: " + e, Optional.of(e.toString()));
    }

    /** Says for a person why a launch failed, and reports what breaks the executor's contract. */
    static String reason(Throwable e, ExecutorFaults faults) {
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
}
