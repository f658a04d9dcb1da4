package io.nbguard.api.watchdog;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.measure.ByteSize;
import java.time.Instant;
import java.util.List;

/**
 * What the watchdog saw when it decided: enough to check the decision afterwards.
 *
 * @param decidedAt when
 * @param cause which bound was crossed
 * @param used the use that crossed it: what cannot be reclaimed, in the scope of {@code cause}
 * @param threshold the bound
 * @param limit the effective limit or budget that the bound is a part of
 * @param rawUsed the raw reading behind {@code used} ({@code memory.current}, or the sum of RSS for a budget)
 * @param policy the name of the kill policy that chose
 * @param rationale why this one, in the policy's words
 * @param victim the execution that was chosen
 * @param candidates all executions that could have been chosen, heaviest first
 * @param dryRun whether nothing was signalled because the guard runs dry
 */
public record KillScenario(
        Instant decidedAt,
        Cause cause,
        ByteSize used,
        ByteSize threshold,
        ByteSize limit,
        ByteSize rawUsed,
        String policy,
        String rationale,
        ExecutionId victim,
        List<Candidate> candidates,
        boolean dryRun) {

    /** Which bound was crossed. */
    public enum Cause {
        /** The node's use against its effective limit. */
        NODE_LIMIT,
        /** What all executions together hold against the guard's memory budget. */
        MEMORY_BUDGET,
        /** What one execution holds against its own limit. */
        EXECUTION_LIMIT
    }

    /** Keeps its own copy of the candidates. */
    public KillScenario {
        candidates = List.copyOf(candidates);
    }
}
