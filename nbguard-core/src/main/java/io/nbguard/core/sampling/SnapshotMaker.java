package io.nbguard.core.sampling;

import io.nbguard.api.GuardClock;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.CpuTime;
import io.nbguard.api.measure.Reading;
import io.nbguard.api.measure.UsageReadings;
import io.nbguard.api.snapshot.ExecutionSnapshot;
import io.nbguard.api.snapshot.IoReadings;
import io.nbguard.api.snapshot.LoopHealth;
import io.nbguard.api.snapshot.MemoryAccounts;
import io.nbguard.api.snapshot.NodeSnapshot;
import io.nbguard.api.snapshot.ProcessSnapshot;
import io.nbguard.api.snapshot.Snapshot;
import io.nbguard.core.measure.Watched;
import io.nbguard.spi.probe.Gauge;
import io.nbguard.spi.probe.NodeGauges;
import io.nbguard.spi.process.GroupUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/** Makes an immutable {@link Snapshot} of a {@link TickReadings}. Runs on the caller's thread, under the readings' lock. */
final class SnapshotMaker {

    private static final String TREES = "process trees";

    private final GuardClock clock;
    private final LongFunction<Instant> startOfTicks;
    private final Optional<ByteSize> budget;
    private final long budgetThreshold;

    SnapshotMaker(
            GuardClock clock, LongFunction<Instant> startOfTicks, Optional<ByteSize> budget, long budgetThreshold) {
        this.clock = clock;
        this.startOfTicks = startOfTicks;
        this.budget = budget;
        this.budgetThreshold = budgetThreshold;
    }

    /**
     * Makes one.
     *
     * @param ageNanos how long ago the last tick ended
     * @param stalled whether the loop stands still
     */
    Snapshot of(TickReadings readings, long ageNanos, boolean stalled) {
        List<ExecutionSnapshot> executions = new ArrayList<>(readings.rowCount);
        for (int i = 0; i < readings.rowCount; i++) {
            TickReadings.Row row = readings.rows.get(i);
            Watched watched = row.watched;
            if (watched != null) {
                executions.add(execution(row, watched, readings.takenNanos));
            }
        }
        return new Snapshot(
                readings.sequence,
                clock.instant().minusNanos(clock.nanoTime() - readings.takenNanos),
                node(readings.node, readings.nodeCores),
                executions,
                budget.map(limit -> new Snapshot.BudgetSnapshot(
                        limit,
                        ByteSize.ofBytes(budgetThreshold),
                        ByteSize.ofBytes(readings.budgetUsed),
                        ByteSize.ofBytes(readings.totalRss))),
                readings.rung,
                SafetyMeter.of(readings, ageNanos, stalled),
                health(readings, ageNanos, stalled));
    }

    /** Makes one with the same readings, and what is to be said of the loop now. */
    Snapshot again(Snapshot made, TickReadings readings, long ageNanos, boolean stalled) {
        return new Snapshot(
                made.sequence(),
                made.takenAt(),
                made.node(),
                made.executions(),
                made.budget(),
                made.rung(),
                SafetyMeter.of(readings, ageNanos, stalled),
                health(readings, ageNanos, stalled));
    }

    private static LoopHealth health(TickReadings readings, long ageNanos, boolean stalled) {
        return new LoopHealth(
                readings.sequence,
                Duration.ofNanos(readings.pauseNanos),
                Duration.ofNanos(readings.lastTickNanos),
                Duration.ofNanos(readings.slowestTickNanos),
                Duration.ofNanos(readings.lagNanos),
                readings.missedTicks,
                Duration.ofNanos(ageNanos),
                stalled);
    }

    private ExecutionSnapshot execution(TickReadings.Row row, Watched watched, long takenNanos) {
        GroupUsage usage = row.usage;
        double windowSeconds = (row.sampledNanos - row.olderNanos) / 1e9;
        List<ProcessSnapshot> processes = new ArrayList<>(usage.count());
        for (int i = 0; i < usage.count(); i++) {
            processes.add(new ProcessSnapshot(
                    usage.pid(i),
                    usage.parentPid(i),
                    startOfTicks.apply(usage.startTicks(i)),
                    usage.command(i),
                    usage.state(i),
                    usage.threads(i),
                    ByteSize.ofBytes(usage.rssBytes(i)),
                    cores(usage, i, row.older, windowSeconds),
                    CpuTime.ofNanos(usage.cpuNanos(i))));
        }
        return new ExecutionSnapshot(
                watched.id(),
                watched.notebook(),
                watched.state(),
                watched.progress(),
                Duration.ofNanos(Math.max(0, takenNanos - watched.launchedAtNanos())),
                watched.executor(),
                Optional.empty(),
                new UsageReadings(
                        Reading.of(ByteSize.ofBytes(row.heldBytes), row.heldSource.text()),
                        Reading.of(ByteSize.ofBytes(row.peakHeldBytes), row.heldSource.text()),
                        Reading.of(row.cores, TREES),
                        Reading.of(CpuTime.ofNanos(usage.totalCpuNanos()), TREES)),
                new MemoryAccounts(
                        Reading.of(ByteSize.ofBytes(usage.totalRssBytes()), TREES),
                        row.pssBytes < 0
                                ? Reading.unavailable("not measured in the last thirty seconds", "smaps_rollup")
                                : Reading.of(ByteSize.ofBytes(row.pssBytes), "smaps_rollup"),
                        Reading.of(ByteSize.ofBytes(row.peakRssBytes), TREES),
                        ofGroup(usage.chargedBytes(), "memory.current")),
                new IoReadings(ofGroup(usage.ioReadBytes(), "io.stat"), ofGroup(usage.ioWrittenBytes(), "io.stat")),
                processes);
    }

    private static Reading<ByteSize> ofGroup(long bytes, String file) {
        return bytes < 0
                ? new Reading.Unavailable<>("the execution has no cgroup of its own with this account", file)
                : new Reading.Value<>(ByteSize.ofBytes(bytes), file);
    }

    /** A process that was not there when the window began has used all its time within it. */
    private static double cores(GroupUsage usage, int i, GroupUsage older, double windowSeconds) {
        if (windowSeconds <= 0) {
            return 0;
        }
        long before = 0;
        for (int j = 0; j < older.count(); j++) {
            if (older.pid(j) == usage.pid(i) && older.startTicks(j) == usage.startTicks(i)) {
                before = older.cpuNanos(j);
                break;
            }
        }
        return Math.max(0, usage.cpuNanos(i) - before) / 1e9 / windowSeconds;
    }

    private static NodeSnapshot node(NodeGauges gauges, double cores) {
        Reading<Long> raw = reading(gauges, Gauge.MEMORY_CURRENT);
        long reclaimable =
                gauges.valueOr(Gauge.MEMORY_FILE_CACHE, 0) + gauges.valueOr(Gauge.MEMORY_RECLAIMABLE_SLAB, 0);
        return new NodeSnapshot(
                raw.map(ByteSize::ofBytes),
                less(raw, reading(gauges, Gauge.MEMORY_INACTIVE_FILE)),
                gauges.hasValue(Gauge.MEMORY_FILE_CACHE)
                        ? raw.map(bytes -> ByteSize.ofBytes(Math.max(0, bytes - reclaimable)))
                        : less(raw, reading(gauges, Gauge.MEMORY_FILE_CACHE)),
                reading(gauges, Gauge.MEMORY_LIMIT).map(ByteSize::ofBytes),
                reading(gauges, Gauge.CPU_USAGE).map(CpuTime::ofNanos),
                reading(gauges, Gauge.CPU_USAGE).map(used -> cores),
                reading(gauges, Gauge.CPU_LIMIT).map(thousandths -> thousandths / 1e3),
                reading(gauges, Gauge.CPU_THROTTLED_PERIODS),
                reading(gauges, Gauge.MEMORY_PRESSURE).map(millionths -> millionths / 1e6),
                reading(gauges, Gauge.CPU_PRESSURE).map(millionths -> millionths / 1e6),
                reading(gauges, Gauge.MEMORY_OOM_KILLS));
    }

    private static Reading<ByteSize> less(Reading<Long> raw, Reading<Long> part) {
        if (raw instanceof Reading.Value<Long> value) {
            return part.map(bytes -> ByteSize.ofBytes(Math.max(0, value.get() - bytes)));
        }
        return raw.map(ByteSize::ofBytes);
    }

    private static Reading<Long> reading(NodeGauges gauges, Gauge gauge) {
        String source = gauges.source(gauge);
        if (gauges.hasValue(gauge)) {
            return new Reading.Value<>(gauges.value(gauge), source);
        }
        String reason = gauges.reason(gauge);
        return reason == null ? new Reading.Unlimited<>(source) : new Reading.Unavailable<>(reason, source);
    }
}
