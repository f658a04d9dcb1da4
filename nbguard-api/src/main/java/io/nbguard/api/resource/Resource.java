package io.nbguard.api.resource;

import java.util.Locale;

/** What an execution uses, and what can be limited. */
public enum Resource {
    /** Bytes of memory that all its processes hold, shared pages counted once. */
    MEMORY,
    /** Bytes of memory and swap together. */
    MEMORY_SWAP,
    /** How readily its memory is swapped out, 0 to 100. */
    SWAPPINESS,
    /** CPU time per period of wall-clock time. */
    CPU,
    /** Its weight when executions compete for CPU time. */
    CPU_SHARES,
    /** The CPUs that it may run on. */
    CPUSET,
    /** Processes and threads. */
    PIDS,
    /** Bandwidth of block devices. */
    IO,
    /** Bytes that it writes to its folders. */
    DISK,
    /** GPUs. */
    GPU,
    /** Bytes of memory on each of its GPUs. */
    GPU_MEMORY;

    /** Returns its name in messages, JSON and settings, such as {@code memory-swap}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
