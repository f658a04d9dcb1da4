package io.nbguard.api.snapshot;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.measure.UsageReadings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One execution at one tick, over its whole process tree: papermill, its kernel and what they started. Of an execution that an
 * engine runs elsewhere, what the engine says: what it does not say is unavailable, with the reason.
 *
 * @param id the execution
 * @param notebook its name for people
 * @param state where it is in its life
 * @param progress how far it has come
 * @param elapsed time since its launch
 * @param executor the name of the executor that runs it; empty for an execution of another guard
 * @param measuredAt when the engine read these figures; empty if they are as of this tick
 * @param usage what it uses
 * @param accounts its memory by each account of the kernel
 * @param io what it read from and wrote to block devices
 * @param processes the tree, main process first
 */
public record ExecutionSnapshot(
        ExecutionId id,
        String notebook,
        ExecutionState state,
        Progress progress,
        Duration elapsed,
        Optional<String> executor,
        Optional<Instant> measuredAt,
        UsageReadings usage,
        MemoryAccounts accounts,
        IoReadings io,
        List<ProcessSnapshot> processes) {

    /** Keeps its own copy of the list. */
    public ExecutionSnapshot {
        processes = List.copyOf(processes);
    }
}
