package io.nbguard.core.execution;

import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.measure.Reading;
import io.nbguard.api.measure.UsageReadings;
import io.nbguard.api.snapshot.ExecutionSnapshot;
import io.nbguard.api.snapshot.IoReadings;
import io.nbguard.api.snapshot.MemoryAccounts;
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
        String unknown = executor.capabilities().has(Feature.OWN_USAGE)
                ? "executor " + source + " has reported none yet"
                : "executor " + source + " reports none";
        UsageReadings usage =
                reported.map(UsageReport::usage).orElseGet(() -> UsageReadings.unavailable(unknown, source));
        return new ExecutionSnapshot(
                record.id(),
                record.notebook(),
                record.state(),
                record.progress(),
                elapsed,
                record.executor(),
                reported.map(UsageReport::at),
                new UsageReadings(
                        usage.memory(),
                        record.usage()
                                .peakMemory()
                                .map(peak -> Reading.of(peak, source))
                                .orElseGet(() -> Reading.unavailable(unknown, source)),
                        usage.cores(),
                        usage.cpuTime()),
                MemoryAccounts.unavailable(elsewhere, source),
                IoReadings.unavailable(elsewhere, source),
                List.of());
    }
}
