package io.nbguard.core.execution;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.measure.CpuTime;
import io.nbguard.api.measure.Progress;
import io.nbguard.core.fixture.Scenarios;
import io.nbguard.spi.executor.ExitReport;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerdictTest {

    @ParameterizedTest(name = "cause {0}, exit {1}, signal {2}, evidence {3}, ran {4}: {5} {6}")
    @CsvSource({
        // The exit code says that it went well, and nothing else does not.
        "none, 0, -, -, true, COMPLETED, -",
        // What the executor has found goes before the exit code (papermill before 2.6 ends with 0 after a failing
        // magic).
        "none, 0, -, CELL_ERROR, true, FAILED, CELL_ERROR",
        "none, 0, -, EXECUTOR_FAILED, true, FAILED, EXECUTOR_FAILED",
        "none, 1, -, EXECUTOR_FAILED, true, FAILED, EXECUTOR_FAILED",
        // It did not: the evidence says how.
        "none, 1, -, CELL_ERROR, true, FAILED, CELL_ERROR",
        "none, 138, -, KERNEL_DIED, true, FAILED, KERNEL_DIED",
        "none, 1, -, START_FAILED, false, FAILED, START_FAILED",
        "none, -, 9, KERNEL_OOM, true, KILLED, KERNEL_OOM",
        // No evidence: what can be said for certain.
        "none, 1, -, -, true, FAILED, CELL_ERROR",
        "none, 1, -, -, false, FAILED, START_FAILED",
        "none, -, 11, -, true, FAILED, KERNEL_DIED",
        "none, -, 9, -, false, FAILED, START_FAILED",
        "none, -, -, -, true, FAILED, CELL_ERROR",
        // nbguard's own reason goes before exit code and evidence.
        "user, 1, -, -, true, KILLED, USER_STOP",
        "user, 1, -, CELL_ERROR, true, KILLED, USER_STOP",
        "user, -, 9, -, true, KILLED, USER_STOP",
        "watchdog, -, 9, KERNEL_DIED, true, KILLED, WATCHDOG_MEMORY",
        "watchdog, 138, -, KERNEL_DIED, true, KILLED, WATCHDOG_MEMORY",
        "timeout, 1, -, -, true, KILLED, TIMEOUT",
        "user, 0, -, KERNEL_DIED, true, KILLED, USER_STOP",
        // But what ran to its end before it could be ended has completed.
        "user, 0, -, -, true, COMPLETED, -",
        "watchdog, 0, -, -, true, COMPLETED, -",
        "timeout, 0, -, -, true, COMPLETED, -",
    })
    void theVerdictFollowsTheOrder(
            String cause,
            String exit,
            String signal,
            String evidence,
            boolean ran,
            ExecutionState state,
            String reason) {
        ExitReport report = report(number(exit), number(signal), reason(evidence));

        Verdict verdict = Verdict.judge(cause(cause), report, ran, KernelToll.NONE);

        assertThat(verdict.state()).isEqualTo(state);
        assertThat(verdict.outcome().reason()).isEqualTo(reason(reason));
        assertThat(verdict.outcome().exitCode()).isEqualTo(number(exit));
    }

    @Test
    void aWatchdogKillSaysSoInTheWordsOfTheSpec() {
        Verdict verdict = Verdict.judge(cause("watchdog"), killed(), true, KernelToll.NONE);

        assertThat(verdict.message()).contains("OOM Prevention: Terminated hog.ipynb");
    }

    @Test
    void aTimeoutSaysHowLongWasAllowed() {
        assertThat(Verdict.judge(cause("timeout"), killed(), true, KernelToll.NONE)
                        .message())
                .contains("Timed out: ran longer than 10m");
    }

    @Test
    void anAccountOfTheProcessorTimeIsKept() {
        ExitReport report = ExitReport.exited(0).cpuTime(CpuTime.ofNanos(5)).build();

        assertThat(Verdict.judge(null, report, true, KernelToll.NONE).usage().cpuTime())
                .contains(CpuTime.ofNanos(5));
    }

    private static ExitReport success(String... remarks) {
        ExitReport.Builder report = ExitReport.exited(0);
        for (String remark : remarks) {
            report.remark(remark);
        }
        return report.build();
    }

    private static ExitReport report(OptionalInt code, OptionalInt signal, Optional<EndReason> evidence) {
        ExitReport.Builder report = ExitReport.of(new ExitReport.Exit(code, signal, Optional.empty()));
        evidence.ifPresent(report::failure);
        return report.build();
    }

    @Test
    void aSuccessThatDidNotRunAllCellsSaysHowManyItRan() {
        Verdict verdict = Verdict.judge(null, success(), true, KernelToll.NONE);

        assertThat(verdict.after(Progress.of(3, 3)).message()).isEmpty();
        assertThat(verdict.after(Progress.NONE).message()).isEmpty();
        assertThat(verdict.after(Progress.of(1, 2)).state()).isEqualTo(ExecutionState.COMPLETED);
        assertThat(verdict.after(Progress.of(1, 2)).message()).contains("1 of 2 cells ran to their end");
        assertThat(Verdict.judge(cause("watchdog"), killed(), true, KernelToll.NONE)
                        .after(Progress.of(1, 2))
                        .message())
                .as("no success, no word")
                .contains("OOM Prevention: Terminated hog.ipynb");
    }

    @Test
    void whatAnExecutorRemarksIsInTheMessage() {
        Verdict verdict = Verdict.judge(null, success("output of cell 3 was cut", "slow"), true, KernelToll.NONE);

        assertThat(verdict.message()).contains("output of cell 3 was cut; slow");
    }

    @Test
    void whatElseIsToBeKnownIsInTheMessageHoweverItEnded() {
        ExitReport report = success("output is missing", "its kernel was ended");

        Verdict completed = Verdict.judge(null, report, true, KernelToll.NONE);
        Verdict stopped = Verdict.judge(cause("user"), report, true, KernelToll.NONE);

        assertThat(completed.state()).isEqualTo(ExecutionState.COMPLETED);
        assertThat(completed.message()).contains("output is missing; its kernel was ended");
        assertThat(stopped.message().orElseThrow()).endsWith("; output is missing; its kernel was ended");
    }

    @Test
    void aDiskThatWasFullIsNotTheWorkOfTheOomKiller() {
        ExitReport report = ExitReport.exited(1)
                .failure(EndReason.EXECUTOR_FAILED)
                .error("the disk is full: the executed notebook could not be written")
                .build();

        assertThat(Verdict.looksLikeSigkill(null, report)).isFalse();
        assertThat(Verdict.judge(null, report, true, KernelToll.NONE).message())
                .contains("What executes it failed: the disk is full: the executed notebook could not be written");
    }

    @Test
    void theFirstLineOfTheErrorIsInTheMessage() {
        ExitReport report = ExitReport.exited(1)
                .failure(EndReason.CELL_ERROR)
                .error("ValueError: no data (cell 3)\nTraceback…")
                .build();

        Verdict verdict = Verdict.judge(null, report, true, KernelToll.NONE);

        assertThat(verdict.message()).contains("A cell raised an error: ValueError: no data (cell 3)");
        assertThat(verdict.outcome().error()).contains("ValueError: no data (cell 3)\nTraceback…");
    }

    @Test
    void whatNbguardDidToANotebookIsNotItsError() {
        ExitReport report = ExitReport.exited(1)
                .failure(EndReason.CELL_ERROR)
                .error("KeyboardInterrupt (cell 2)")
                .build();

        assertThat(Verdict.judge(EndCause.userStop(), report, true, KernelToll.NONE)
                        .outcome()
                        .error())
                .isEmpty();
    }

    @ParameterizedTest(name = "cause {0}, exit {1}, signal {2}, evidence {3}: {4} {5}")
    @CsvSource({
        // It died as of SIGKILL, and the kernel's OOM killer took a process of it.
        "none, 138, -, KERNEL_DIED, KILLED, KERNEL_OOM, true",
        "none, -, 9, -, KILLED, KERNEL_OOM, true",
        "none, 1, -, START_FAILED, KILLED, KERNEL_OOM, true",
        "none, 1, -, -, KILLED, KERNEL_OOM, true",
        // Something else ended it: that is mentioned only.
        "none, 0, -, -, COMPLETED, -, false",
        "none, 0, -, CELL_ERROR, FAILED, CELL_ERROR, false",
        "none, 1, -, EXECUTOR_FAILED, FAILED, EXECUTOR_FAILED, false",
        "none, 1, -, CELL_ERROR, FAILED, CELL_ERROR, false",
        "none, -, 11, -, FAILED, KERNEL_DIED, false",
        "watchdog, -, 9, -, KILLED, WATCHDOG_MEMORY, false",
        "watchdog, 138, -, KERNEL_DIED, KILLED, WATCHDOG_MEMORY, false",
        "user, -, 9, -, KILLED, USER_STOP, false",
        "timeout, 138, -, KERNEL_DIED, KILLED, TIMEOUT, false",
        "watchdog, 0, -, -, COMPLETED, -, false",
    })
    void whatTheKernelTookIsTheReasonOnlyWhereNothingElseIs(
            String cause,
            String exit,
            String signal,
            String evidence,
            ExecutionState state,
            String reason,
            boolean isTheReason) {
        ExitReport report = report(number(exit), number(signal), reason(evidence));

        Verdict verdict = Verdict.judge(cause(cause), report, true, new KernelToll(2, "the machine is full"));

        assertThat(verdict.state()).isEqualTo(state);
        assertThat(verdict.outcome().reason()).isEqualTo(reason(reason));
        assertThat(verdict.message().orElseThrow())
                .contains("he kernel's OOM killer took 2 of its processes")
                .contains(": the machine is full");
        assertThat(verdict.message().orElseThrow().startsWith("The kernel's OOM killer"))
                .isEqualTo(isTheReason);
    }

    private static ExitReport killed() {
        return ExitReport.signalled(9).build();
    }

    private static EndCause cause(String name) {
        return switch (name) {
            case "user" -> EndCause.userStop();
            case "timeout" -> EndCause.timeout(Duration.ofMinutes(10));
            case "watchdog" -> EndCause.watchdog("hog.ipynb", Scenarios.of(ExecutionId.random()));
            default -> null;
        };
    }

    private static OptionalInt number(String text) {
        return text.equals("-") ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text));
    }

    private static Optional<EndReason> reason(String text) {
        return text.equals("-") ? Optional.empty() : Optional.of(EndReason.valueOf(text));
    }
}
