package io.nbguard.core.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.execution.EndReason;
import io.nbguard.spi.executor.ExitReport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReportCheckTest {

    private static ExitReport report(EndReason failure) {
        return ExitReport.exited(1).failure(failure).error("the disk is full").build();
    }

    @ParameterizedTest
    @EnumSource(names = {"CELL_ERROR", "KERNEL_DIED", "START_FAILED", "EXECUTOR_FAILED"})
    void whatTheContractAllowsIsTakenAsItIs(EndReason failure) {
        assertThat(ReportCheck.checked(report(failure))).isEqualTo(report(failure));
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"CELL_ERROR", "KERNEL_DIED", "START_FAILED", "EXECUTOR_FAILED"})
    void whatOnlyTheGuardCanKnowIsRefused(EndReason failure) {
        assertThatThrownBy(() -> ReportCheck.checked(report(failure)))
                .isInstanceOf(ExecutorBroken.class)
                .hasMessage("its report on the end says " + failure
                        + ": expected CELL_ERROR, KERNEL_DIED, START_FAILED or EXECUTOR_FAILED");
    }
}
