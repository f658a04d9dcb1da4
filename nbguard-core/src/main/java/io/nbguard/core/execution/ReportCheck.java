package io.nbguard.core.execution;

import io.nbguard.api.event.GuardEvent.PluginMisbehaved.Fault;
import io.nbguard.api.execution.EndReason;
import io.nbguard.spi.executor.ExitReport;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Looks whether what an executor reports can be judged at all. */
final class ReportCheck {

    /** What evidence may point to, by the contract of {@link ExitReport#failure}. */
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
        List<String> missing = new ArrayList<>();
        require(report.exitCode(), "exit code", missing);
        require(report.signal(), "signal", missing);
        require(report.failure(), "failure", missing);
        require(report.error(), "error", missing);
        require(report.output(), "output", missing);
        require(report.cpuTime(), "processor time", missing);
        require(report.endedAt(), "end", missing);
        require(report.engine(), "engine", missing);
        if (!missing.isEmpty()) {
            throw new ExecutorBroken(
                    Fault.INVALID_ANSWER,
                    "its report on the end has null instead of nothing: " + String.join(", ", missing));
        }
        report.failure().filter(reason -> !EVIDENCE.contains(reason)).ifPresent(reason -> {
            throw new ExecutorBroken(
                    Fault.INVALID_ANSWER,
                    "its report on the end says " + reason
                            + ": expected CELL_ERROR, KERNEL_DIED, START_FAILED or EXECUTOR_FAILED");
        });
        return report;
    }

    private static void require(Object part, String name, List<String> missing) {
        if (part == null) {
            missing.add(name);
        }
    }
}
