package io.nbguard.api.snapshot;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.CpuTime;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.measure.Reading;
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
 * @param memory what it holds; the source says by which account: {@code charged} by the kernel to its own cgroup (less file cache
 *     and reclaimable slab), else {@code pss}, else {@code rss} (a sum that counts a shared page once per process), or the
 *     engine's
 * @param peakMemory the most that it was known to hold so far; an RSS that counts shared pages many times does not raise it
 *     where PSS can be read
 * @param rss sum of RSS: shared pages count once per process
 * @param pss what the tree holds with shared pages counted once; unavailable where it was not measured in the last thirty seconds
 *     (PSS is expensive to read)
 * @param peakRss the highest {@code rss} so far
 * @param charged what the kernel charges to the execution's own cgroup, less file cache and reclaimable slab; unavailable
 *     where it has none
 * @param ioRead bytes read from block devices since its launch
 * @param ioWritten bytes written to block devices since its launch
 * @param cores how many cores it used over the last second or so; 1.0 is one core
 * @param cpuTime processor time since its launch, of ended processes too
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
        Reading<ByteSize> memory,
        Reading<ByteSize> peakMemory,
        Reading<ByteSize> rss,
        Reading<ByteSize> pss,
        Reading<ByteSize> peakRss,
        Reading<ByteSize> charged,
        Reading<ByteSize> ioRead,
        Reading<ByteSize> ioWritten,
        Reading<Double> cores,
        Reading<CpuTime> cpuTime,
        List<ProcessSnapshot> processes) {

    /** Keeps its own copy of the list. */
    public ExecutionSnapshot {
        processes = List.copyOf(processes);
    }
}
