package io.nbguard.core.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.nbguard.api.execution.EndReason;
import io.nbguard.spi.executor.ExitReport;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReportCheckTest {

    private static ExitReport report(EndReason failure) {
        return ExitReport.exited(1).failure(failure).error("the disk is full").build();
    }

    private static ExitReport checked(ExitReport report) {
        return ReportCheck.checked(report, Instant.EPOCH, Instant.EPOCH, wrong -> fail(wrong));
    }

    @ParameterizedTest
    @EnumSource(names = {"CELL_ERROR", "KERNEL_DIED", "START_FAILED", "EXECUTOR_FAILED"})
    void whatTheContractAllowsIsTakenAsItIs(EndReason failure) {
        assertThat(checked(report(failure))).isEqualTo(report(failure));
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"CELL_ERROR", "KERNEL_DIED", "START_FAILED", "EXECUTOR_FAILED"})
    void whatOnlyTheGuardCanKnowIsRefused(EndReason failure) {
        assertThatThrownBy(() -> checked(report(failure)))
                .isInstanceOf(ExecutorBroken.class)
                .hasMessage("its report on the end says " + failure
                        + ": expected CELL_ERROR, KERNEL_DIED, START_FAILED or EXECUTOR_FAILED");
    }
}
