package io.nbguard.core.execution;

import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.measure.Reading;
import io.nbguard.api.snapshot.ExecutionSnapshot;
import io.nbguard.core.executor.OpenExecutor;
import io.nbguard.spi.executor.ExecutorCapabilities.Feature;
import io.nbguard.spi.executor.UsageReport;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What an engine says that an execution uses, as a row of a snapshot. */
final class EngineUsage {

    private EngineUsage() {}

    static ExecutionSnapshot row(
            ExecutionRecord record, Duration elapsed, OpenExecutor executor, Optional<UsageReport> reported) {
        String source = executor.name();
        String elsewhere = "it does not run on this node";
        UsageReport report = reported.orElse(null);
        String unknown = executor.capabilities().has(Feature.OWN_USAGE)
                ? "executor " + source + " has reported none yet"
                : "executor " + source + " reports none";
        return new ExecutionSnapshot(
                record.id(),
                record.notebook(),
                record.state(),
                record.progress(),
                elapsed,
                record.executor(),
                reported.map(UsageReport::at),
                report == null ? Reading.unavailable(unknown, source) : report.memory(),
                record.peakMemory()
                        .map(peak -> Reading.of(peak, source))
                        .orElseGet(() -> Reading.unavailable(unknown, source)),
                Reading.unavailable(elsewhere, source),
                Reading.unavailable(elsewhere, source),
                Reading.unavailable(elsewhere, source),
                Reading.unavailable(elsewhere, source),
                Reading.unavailable(elsewhere, source),
                Reading.unavailable(elsewhere, source),
                report == null ? Reading.unavailable(unknown, source) : report.cores(),
                report == null ? Reading.unavailable(unknown, source) : report.cpuTime(),
                List.of());
    }
}
