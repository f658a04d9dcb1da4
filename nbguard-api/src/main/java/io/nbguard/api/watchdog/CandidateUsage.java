package io.nbguard.api.watchdog;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.CpuTime;

/**
 * What a candidate uses. Each figure is known: only an execution of this node can be a candidate.
 *
 * @param memory what its tree holds, shared pages counted once, as exactly as was needed to decide
 * @param rss the sum of RSS over its tree; less than {@code memory} only by sampling noise, and where it holds memory that
 *     no process maps (open files without a name, and on tmpfs)
 * @param growthBytesPerSecond how fast {@code memory} has been growing lately; negative when it shrinks
 * @param cores how many cores it has been using lately; 1.0 is one core
 * @param cpuTime processor time since its launch: the work that a kill would waste
 */
public record CandidateUsage(
        ByteSize memory, ByteSize rss, double growthBytesPerSecond, double cores, CpuTime cpuTime) {}
