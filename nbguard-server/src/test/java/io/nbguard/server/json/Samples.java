package io.nbguard.server.json;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.ExecutionLifecycle;
import io.nbguard.api.execution.ExecutionOutcome;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.CpuTime;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.measure.Reading;
import io.nbguard.api.measure.UsageReadings;
import io.nbguard.api.measure.UsageTotals;
import io.nbguard.api.snapshot.ExecutionSnapshot;
import io.nbguard.api.snapshot.IoReadings;
import io.nbguard.api.snapshot.LoopHealth;
import io.nbguard.api.snapshot.MemoryAccounts;
import io.nbguard.api.snapshot.NodeSnapshot;
import io.nbguard.api.snapshot.ProcessSnapshot;
import io.nbguard.api.snapshot.Snapshot;
import io.nbguard.api.watchdog.MemoryRung;
import io.nbguard.api.watchdog.Safety;
import io.nbguard.api.watchdog.SafetyTier;
import io.nbguard.api.watchdog.WatchdogMode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Records and snapshots for tests. */
public final class Samples {

    public static final Instant START = Instant.parse("2026-01-13T10:00:00Z");

    private Samples() {}

    public static ExecutionRecord record(String notebook, ExecutionState state) {
        return record(notebook, state, Optional.empty(), Optional.empty(), Optional.empty());
    }

    public static ExecutionRecord ended(EndReason reason) {
        return record(
                "hog.ipynb",
                reason.end(),
                Optional.of(reason),
                Optional.of("message of " + reason),
                Optional.of("error of the notebook"));
    }

    private static ExecutionRecord record(
            String notebook,
            ExecutionState state,
            Optional<EndReason> reason,
            Optional<String> message,
            Optional<String> error) {
        return new ExecutionRecord(
                new ExecutionId("k3x9m2pq7c4t"),
                notebook,
                Optional.empty(),
                Optional.empty(),
                Optional.of("nbguard-papermill"),
                new ExecutionLifecycle(
                        state,
                        message,
                        START,
                        Optional.of(START),
                        state.isEnd() ? Optional.of(START.plusMillis(12_340)) : Optional.empty()),
                Progress.of(3, 7),
                new UsageTotals(Optional.of(ByteSize.ofMebibytes(214)), Optional.of(CpuTime.ofNanos(10_200_000_000L))),
                new ExecutionOutcome(
                        reason,
                        error,
                        OptionalInt.of(state == ExecutionState.COMPLETED ? 0 : 1),
                        Optional.of(Path.of("/work dir/outputs/" + notebook)),
                        Optional.empty(),
                        Optional.empty()));
    }

    public static Snapshot snapshot(Reading<ByteSize> limit, ExecutionSnapshot... executions) {
        return new Snapshot(
                42,
                START,
                new NodeSnapshot(
                        value(ByteSize.ofMebibytes(3000)),
                        value(ByteSize.ofMebibytes(2000)),
                        value(ByteSize.ofMebibytes(1024)),
                        limit,
                        value(CpuTime.ofNanos(5_500_000_000L)),
                        value(1.5),
                        new Reading.Unlimited<>("cpu.max"),
                        new Reading.Unavailable<>("permission denied", "cpu.stat"),
                        value(0.012),
                        value(0.5),
                        value(2L)),
                List.of(executions),
                Optional.of(new Snapshot.BudgetSnapshot(
                        ByteSize.ofMebibytes(1000),
                        ByteSize.ofMebibytes(900),
                        ByteSize.ofMebibytes(500),
                        ByteSize.ofMebibytes(800))),
                MemoryRung.NORMAL,
                new Safety(
                        SafetyTier.READ_ONLY,
                        WatchdogMode.IN_PROCESS,
                        Duration.ofMillis(20),
                        value(ByteSize.ofMebibytes(5000))),
                new LoopHealth(
                        42,
                        Duration.ofSeconds(1),
                        Duration.ofNanos(75_000),
                        Duration.ofMillis(2),
                        Duration.ofMillis(1),
                        3,
                        Duration.ofMillis(400),
                        false));
    }

    public static ExecutionSnapshot execution(String notebook) {
        return new ExecutionSnapshot(
                new ExecutionId("k3x9m2pq7c4t"),
                notebook,
                ExecutionState.RUNNING,
                Progress.of(3, 7),
                Duration.ofMillis(12_340),
                Optional.of("nbguard-papermill"),
                Optional.empty(),
                new UsageReadings(
                        Reading.of(ByteSize.ofMebibytes(214), "pss"),
                        value(ByteSize.ofMebibytes(320)),
                        value(0.98),
                        value(CpuTime.ofNanos(10_200_000_000L))),
                new MemoryAccounts(
                        value(ByteSize.ofMebibytes(700)),
                        value(ByteSize.ofMebibytes(214)),
                        value(ByteSize.ofMebibytes(900)),
                        new Reading.Unavailable<>("no cgroup of its own", "memory.current")),
                IoReadings.unavailable("no cgroup of its own", "io.stat"),
                List.of(process(100, 1, "papermill", 'S'), process(101, 100, "python", 'R')));
    }

    private static ProcessSnapshot process(long pid, long parent, String command, char state) {
        return new ProcessSnapshot(
                pid, parent, START, command, state, 4, ByteSize.ofMebibytes(90), 0.25, CpuTime.ofNanos(1_500_000_000L));
    }

    public static <T> Reading<T> value(T value) {
        return new Reading.Value<>(value, "test");
    }
}
