package io.nbguard.api.watchdog;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.CpuTime;
import io.nbguard.api.measure.Progress;
import java.time.Duration;

/**
 * One execution as a kill policy sees it.
 *
 * @param id the execution
 * @param notebook its name for people
 * @param memory what its tree holds, shared pages counted once, as exactly as was needed to decide
 * @param rss the sum of RSS over its tree; less than {@code memory} only by sampling noise, and where it holds memory that
 *     no process maps (open files without a name, and on tmpfs)
 * @param growthBytesPerSecond how fast it has been growing lately; negative when it shrinks
 * @param cores how many cores it has been using lately
 * @param cpuTime what it has used since its start: the work that a kill would waste
 * @param age time since its launch
 * @param priority from its request; higher is more important
 * @param progress how far it has come
 * @param dying whether it is already being ended
 */
public record Candidate(
        ExecutionId id,
        String notebook,
        ByteSize memory,
        ByteSize rss,
        double growthBytesPerSecond,
        double cores,
        CpuTime cpuTime,
        Duration age,
        int priority,
        Progress progress,
        boolean dying) {}
