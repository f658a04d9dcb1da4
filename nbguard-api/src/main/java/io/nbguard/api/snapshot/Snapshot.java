package io.nbguard.api.snapshot;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.UsageReadings;
import io.nbguard.api.watchdog.MemoryRung;
import io.nbguard.api.watchdog.Safety;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One tick's readings, taken together. Immutable.
 *
 * @param sequence counts ticks from 1; two snapshots with one number are the same tick
 * @param takenAt when
 * @param node the container, VM or host that all share
 * @param executions those that have not ended, oldest first
 * @param budget the guard's memory budget, if it has one
 * @param rung how near the watchdog is to acting
 * @param safety how safe the node is from its notebooks, and by what
 * @param loop how the sampling loop itself is doing
 */
public record Snapshot(
        long sequence,
        Instant takenAt,
        NodeSnapshot node,
        List<ExecutionSnapshot> executions,
        Optional<BudgetSnapshot> budget,
        MemoryRung rung,
        Safety safety,
        LoopHealth loop) {

    /** Keeps its own copy of the list. */
    public Snapshot {
        executions = List.copyOf(executions);
    }

    /** Returns this snapshot with {@code others} after its executions. */
    public Snapshot with(List<ExecutionSnapshot> others) {
        if (others.isEmpty()) {
            return this;
        }
        List<ExecutionSnapshot> all = new ArrayList<>(executions);
        all.addAll(others);
        return new Snapshot(sequence, takenAt, node, all, budget, rung, safety, loop);
    }

    /**
     * The memory budget of a guard: a bound on what all its executions together hold.
     *
     * @param limit the budget
     * @param threshold where the watchdog acts
     * @param used what they hold, the sum of {@link UsageReadings#memory} over those that run on this node
     * @param rss the sum of RSS over all trees
     */
    public record BudgetSnapshot(ByteSize limit, ByteSize threshold, ByteSize used, ByteSize rss) {}
}
