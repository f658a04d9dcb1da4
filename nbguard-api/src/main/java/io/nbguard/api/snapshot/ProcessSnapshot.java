package io.nbguard.api.snapshot;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.CpuTime;
import java.time.Instant;

/**
 * One process of an execution at one tick.
 *
 * @param pid its id in nbguard's PID namespace
 * @param parentPid its parent's
 * @param startedAt when it started, to the clock tick; with {@code pid} this distinguishes it from a later process of that id
 * @param command its short name ({@code comm}), at most 15 bytes
 * @param state the kernel's letter: R running, S sleeping, D waiting for a device, T stopped, Z zombie
 * @param threads how many threads; 0 when not known
 * @param rss resident memory, shared pages included
 * @param cores how many cores it used over the last second or so
 * @param cpuTime processor time since its start, without its children
 */
public record ProcessSnapshot(
        long pid,
        long parentPid,
        Instant startedAt,
        String command,
        char state,
        int threads,
        ByteSize rss,
        double cores,
        CpuTime cpuTime) {}
