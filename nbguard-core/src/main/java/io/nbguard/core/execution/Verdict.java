package io.nbguard.core.execution;

import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.EngineReport;
import io.nbguard.api.execution.ExecutionOutcome;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.measure.UsageTotals;
import io.nbguard.spi.executor.ExitReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * How an execution ended, and everything that is only known then.
 *
 * @param state the end
 * @param message one line for people
 * @param outcome what it left; its reason is empty only for {@link ExecutionState#COMPLETED}, its kill scenario always
 * @param usage what the executor reported of use, by the kernel's or the engine's account
 */
record Verdict(ExecutionState state, Optional<String> message, ExecutionOutcome outcome, UsageTotals usage) {

    private static final int SIGKILL = 9;

    /**
     * Judges. The order: nbguard's own reason, then what the evidence shows, then the exit code. An exit code 0 that nothing
     * contradicts beats even nbguard's own reason: the notebook ran to its end before the stop reached it. A death that
     * nothing of this explains is the work of the kernel's OOM killer if that took one of its processes; where something
     * else ended it, the message mentions that it did.
     *
     * @param cause why nbguard was ending it; null if it was not
     * @param report the executor's evidence
     * @param userCodeRan whether its code may have begun
     * @param toll what the kernel's OOM killer took from it
     */
    static Verdict judge(@Nullable EndCause cause, ExitReport report, boolean userCodeRan, KernelToll toll) {
        Verdict verdict = judge(cause, report, userCodeRan);
        if (!toll.isNone()) {
            verdict = looksLikeSigkill(cause, report)
                    ? of(
                            EndReason.KERNEL_OOM,
                            withFirstLine(toll.asReason(), report),
                            report,
                            report.findings().error())
                    : verdict.withRemark(toll.asRemark());
        }
        if (verdict.state() == ExecutionState.COMPLETED) {
            // The notebook ran to its end; what its engine says beside that is worth knowing, and no failure.
            verdict = report.engine()
                    .flatMap(EngineReport::end)
                    .map(end -> describe(end, report))
                    .map(verdict::withRemark)
                    .orElse(verdict);
        }
        for (String remark : report.findings().remarks()) {
            verdict = verdict.withRemark(remark);
        }
        return verdict;
    }

    /** Returns whether its executor says that the notebook ran to its end. */
    static boolean isSuccess(ExitReport report) {
        return report.exit().code().equals(OptionalInt.of(0))
                && report.findings().failure().isEmpty();
    }

    /** Returns whether it ended as it does when SIGKILL takes its kernel or papermill, and nothing else explains that. */
    static boolean looksLikeSigkill(@Nullable EndCause cause, ExitReport report) {
        boolean otherSignal =
                report.exit().signal().isPresent() && report.exit().signal().getAsInt() != SIGKILL;
        boolean explained = report.findings()
                .failure()
                .filter(reason -> reason == EndReason.CELL_ERROR || reason == EndReason.EXECUTOR_FAILED)
                .isPresent();
        return cause == null && !isSuccess(report) && !otherSignal && !explained;
    }

    /** Returns whether its main process itself was seen to die of SIGKILL, which nbguard did not send. */
    static boolean diedOfSigkill(@Nullable EndCause cause, ExitReport report) {
        return cause == null && report.exit().signal().equals(OptionalInt.of(SIGKILL));
    }

    private static String withFirstLine(String message, ExitReport report) {
        return report.findings()
                .error()
                .flatMap(text -> text.lines().findFirst())
                .map(line -> message + ": " + line)
                .orElse(message);
    }

    private static Verdict judge(@Nullable EndCause cause, ExitReport report, boolean userCodeRan) {
        if (cause != null && !isSuccess(report)) {
            // What the notebook shows now (a KeyboardInterrupt, a dead kernel) is nbguard's doing, not its error.
            return of(cause.reason(), cause.message(), report, Optional.empty());
        }
        if (isSuccess(report)) {
            return new Verdict(
                    ExecutionState.COMPLETED,
                    cause == null
                            ? Optional.empty()
                            : Optional.of("Completed before it could be ended (" + cause.message() + ")"),
                    outcome(Optional.empty(), Optional.empty(), report),
                    report.usage());
        }
        Optional<EngineReport.End> engineEnd = report.engine().flatMap(EngineReport::end);
        if (engineEnd.isPresent()) {
            return of(
                    reason(engineEnd.get()),
                    describe(engineEnd.get(), report),
                    report,
                    report.findings().error());
        }
        EndReason reason = report.findings().failure().orElseGet(() -> guess(report, userCodeRan));
        return of(reason, describe(reason, report), report, report.findings().error());
    }

    /**
     * Says how many cells ran, if a success did not run all of them: {@code sys.exit(0)} in a cell is a success, and readers
     * should not take it for a complete run.
     */
    Verdict after(Progress progress) {
        int total = progress.cellsTotal().orElse(0);
        return state != ExecutionState.COMPLETED || progress.cellsDone() >= total
                ? this
                : withRemark(progress.cellsDone() + " of " + total + " cells ran to their end");
    }

    /** Judges an execution that never came to run. */
    static Verdict withoutReport(EndReason reason, String message, Optional<String> error) {
        return new Verdict(
                reason.end(),
                Optional.of(message),
                new ExecutionOutcome(
                        Optional.of(reason),
                        error,
                        OptionalInt.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                UsageTotals.UNKNOWN);
    }

    private static EndReason reason(EngineReport.End end) {
        return switch (end) {
            case OUT_OF_MEMORY -> EndReason.KERNEL_OOM;
            case NODE_LOST -> EndReason.NODE_LOST;
            case PREEMPTED -> EndReason.PREEMPTED;
            case EVICTED -> EndReason.EVICTED;
            case TIME_LIMIT -> EndReason.TIMEOUT;
            case CANCELLED -> EndReason.CANCELLED;
        };
    }

    private static String describe(EngineReport.End end, ExitReport report) {
        String what =
                switch (end) {
                    case OUT_OF_MEMORY -> "It reached a memory limit of its engine";
                    case NODE_LOST -> "Its engine lost the node that it ran on";
                    case PREEMPTED -> "Its engine gave its place to another";
                    case EVICTED -> "Its engine removed it from its node";
                    case TIME_LIMIT -> "It ran longer than its engine allows";
                    case CANCELLED -> "It was cancelled in its engine";
                };
        return report.engine()
                .flatMap(EngineReport::detail)
                .map(words -> what + ": " + words)
                .orElse(what);
    }

    private static Verdict of(EndReason reason, String message, ExitReport report, Optional<String> error) {
        return new Verdict(
                reason.end(), Optional.of(message), outcome(Optional.of(reason), error, report), report.usage());
    }

    private static ExecutionOutcome outcome(Optional<EndReason> reason, Optional<String> error, ExitReport report) {
        return new ExecutionOutcome(
                reason, error, report.exit().code(), Optional.empty(), Optional.empty(), report.engine());
    }

    private static EndReason guess(ExitReport report, boolean userCodeRan) {
        if (!userCodeRan) {
            return EndReason.START_FAILED;
        }
        return report.exit().signal().isPresent() ? EndReason.KERNEL_DIED : EndReason.CELL_ERROR;
    }

    private static String describe(EndReason reason, ExitReport report) {
        List<String> parts = new ArrayList<>();
        parts.add(
                switch (reason) {
                    case CELL_ERROR -> "A cell raised an error";
                    case KERNEL_DIED -> "Its kernel died";
                    case EXECUTOR_FAILED -> "What executes it failed";
                    case START_FAILED -> "It could not be started";
                    case KERNEL_OOM -> "The kernel's OOM killer took one of its processes";
                    case TIMEOUT,
                            USER_STOP,
                            GUARD_CLOSED,
                            WATCHDOG_MEMORY,
                            PREEMPTED,
                            EMERGENCY,
                            ORPHANED,
                            REFUSED,
                            EVICTED,
                            CANCELLED,
                            NODE_LOST -> "It was ended";
                });
        report.findings().error().flatMap(text -> text.lines().findFirst()).ifPresent(parts::add);
        report.exit()
                .signal()
                .ifPresent(signal ->
                        parts.add("its main process was ended by signal " + signal + ", which nbguard did not send"));
        return String.join(": ", parts);
    }

    Verdict withOutput(Path file) {
        return new Verdict(state, message, outcome.withOutput(file), usage);
    }

    /** Returns this verdict with something more to say. */
    Verdict withRemark(String remark) {
        String text = message.map(said -> said + "; " + remark).orElse(remark);
        return new Verdict(state, Optional.of(text), outcome, usage);
    }
}
