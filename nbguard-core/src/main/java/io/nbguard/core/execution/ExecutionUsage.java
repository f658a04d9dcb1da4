package io.nbguard.core.execution;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.CpuTime;
import io.nbguard.api.measure.UsageTotals;
import io.nbguard.spi.executor.UsageReport;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one execution has used so far, as measured here or as its engine reports it. One thread writes it, the sampling thread or
 * the one on which an executor reports; any thread reads it.
 */
final class ExecutionUsage {

    private static final long UNKNOWN = -1;

    private volatile long peakMemoryBytes;
    private volatile long cpuNanos;
    private volatile @Nullable UsageReport reported;

    /** Begins with what another guard knew of it, if there was one. */
    ExecutionUsage(UsageTotals before) {
        peakMemoryBytes = before.peakMemory().map(ByteSize::bytes).orElse(UNKNOWN);
        cpuNanos = before.cpuTime().map(CpuTime::nanos).orElse(UNKNOWN);
    }

    /** Takes in what was measured. A tree without processes yet was not measured. */
    void measured(long peakBytes, long cpuNanosOfTree) {
        if (peakBytes > Math.max(0, peakMemoryBytes)) {
            peakMemoryBytes = peakBytes;
        }
        if (cpuNanosOfTree > Math.max(0, cpuNanos)) {
            cpuNanos = cpuNanosOfTree;
        }
    }

    /** Takes in a report, unless a newer one has overtaken it. */
    void learn(UsageReport report, Instant now) {
        UsageReport before = reported;
        if (before != null
                && report.at().isBefore(before.at())
                // Else the wall clock was set back, and every report would come too late.
                && !before.at().isAfter(now)) {
            return;
        }
        reported = report;
        Optional<ByteSize> most =
                report.usage().peakMemory().value().or(report.usage().memory()::value);
        most.ifPresent(peak -> peakMemoryBytes = Math.max(peakMemoryBytes, peak.bytes()));
        report.usage().cpuTime().value().ifPresent(used -> cpuNanos = Math.max(cpuNanos, used.nanos()));
    }

    /** Returns the engine's last report. */
    Optional<UsageReport> reported() {
        return Optional.ofNullable(reported);
    }

    /** Returns the most memory that it was known to hold, and the processor time of all that it has run. */
    UsageTotals totals() {
        long peak = peakMemoryBytes;
        long cpu = cpuNanos;
        return new UsageTotals(
                peak == UNKNOWN ? Optional.empty() : Optional.of(ByteSize.ofBytes(peak)),
                cpu == UNKNOWN ? Optional.empty() : Optional.of(CpuTime.ofNanos(cpu)));
    }
}
