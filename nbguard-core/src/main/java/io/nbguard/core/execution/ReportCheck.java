package io.nbguard.core.execution;

import io.nbguard.api.event.GuardEvent.PluginMisbehaved.Fault;
import io.nbguard.api.execution.EndReason;
import io.nbguard.spi.executor.ExitReport;
import java.util.EnumSet;
import java.util.Set;

/** Looks whether what an executor reports can be judged at all. */
final class ReportCheck {

    /** What evidence may point to, by the contract of {@link ExitReport.Findings#failure}. */
    private static final Set<EndReason> EVIDENCE =
            EnumSet.of(EndReason.CELL_ERROR, EndReason.KERNEL_DIED, EndReason.START_FAILED, EndReason.EXECUTOR_FAILED);

    private ReportCheck() {}

    /**
     * Returns the report.
     *
     * @throws ExecutorBroken if it cannot be meant
     */
    static ExitReport checked(ExitReport report) {
        if (report == null) {
            throw new ExecutorBroken(Fault.INVALID_ANSWER, "its report on the end is null");
        }
        report.findings().failure().filter(reason -> !EVIDENCE.contains(reason)).ifPresent(reason -> {
            throw new ExecutorBroken(
                    Fault.INVALID_ANSWER,
                    "its report on the end says " + reason
                            + ": expected CELL_ERROR, KERNEL_DIED, START_FAILED or EXECUTOR_FAILED");
        });
        return report;
    }
}
