package io.nbguard.api.watchdog;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Progress;
import java.time.Duration;

/**
 * One execution as a kill policy sees it.
 *
 * @param id the execution
 * @param notebook its name for people
 * @param usage what it uses
 * @param age time since its launch
 * @param priority from its request; higher is more important
 * @param progress how far it has come
 * @param dying whether it is already being ended
 */
public record Candidate(
        ExecutionId id,
        String notebook,
        CandidateUsage usage,
        Duration age,
        int priority,
        Progress progress,
        boolean dying) {

    /** Returns what its tree holds: the first thing that a policy asks for. */
    public ByteSize memory() {
        return usage.memory();
    }
}
