package io.nbguard.spi.probe;

/** The quantities of a node that a {@link ResourceProbe} may read, each with its unit. */
public enum Gauge {
    /** Memory charged, bytes ({@code memory.current}; v1 {@code memory.usage_in_bytes}). */
    MEMORY_CURRENT("node memory"),
    /** The memory limit of the same cgroup, bytes; may be unlimited. */
    MEMORY_LIMIT("node memory limit"),
    /** Inactive file cache, bytes. */
    MEMORY_INACTIVE_FILE("inactive file cache"),
    /**
     * File cache that is given back before anything is killed, bytes: active and inactive. Dirty pages are part of it, as
     * they are of the kernel's own MemAvailable: they are written out first. No tmpfs and no shared memory.
     */
    MEMORY_FILE_CACHE("file cache"),
    /** Kernel slab that can be reclaimed, bytes. */
    MEMORY_RECLAIMABLE_SLAB("reclaimable slab"),
    /** Processes of the same cgroup taken by the kernel's OOM killer, a count that only grows. */
    MEMORY_OOM_KILLS("kernel OOM kills"),
    /**
     * Processes killed by the kernel's OOM killer anywhere on the machine, those of other software included; a count that
     * only grows.
     */
    MACHINE_OOM_KILLS("the machine's kernel OOM kills"),
    /** PSI memory {@code some avg10}, in millionths of the time (0–1,000,000). */
    MEMORY_PRESSURE("memory pressure"),
    /** CPU time used, nanoseconds. */
    CPU_USAGE("node CPU"),
    /** CPU quota, in thousandths of a core; may be unlimited. */
    CPU_LIMIT("node CPU quota"),
    /** Throttled quota periods, a count that only grows. */
    CPU_THROTTLED_PERIODS("CPU throttling"),
    /** PSI cpu {@code some avg10}, in millionths of the time. */
    CPU_PRESSURE("CPU pressure");

    private final String title;

    Gauge(String title) {
        this.title = title;
    }

    /** Returns its name for people. */
    public String title() {
        return title;
    }
}
