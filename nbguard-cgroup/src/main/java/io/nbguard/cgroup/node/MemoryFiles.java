package io.nbguard.cgroup.node;

import org.jspecify.annotations.Nullable;

/** What the memory controller's files and keys are called in each version of cgroups (cgroup-v2.rst; cgroup-v1/memory.rst). */
enum MemoryFiles {
    V2(
            "cgroup2",
            "memory.current",
            "memory.max",
            "memory.events",
            new Key("inactive_file"),
            new Key("active_file"),
            new Key("slab_reclaimable")),

    // Without "total_" the numbers of v1 leave out the groups below, while the use and the limit count them.
    V1(
            "cgroup1",
            "memory.usage_in_bytes",
            "memory.limit_in_bytes",
            "memory.oom_control",
            new Key("total_inactive_file"),
            new Key("total_active_file"),
            null);

    final String kind;
    final String current;
    final String limit;
    final String oomKills;
    final Key inactiveFile;
    final Key activeFile;
    final @Nullable Key reclaimableSlab;

    MemoryFiles(
            String kind,
            String current,
            String limit,
            String oomKills,
            Key inactiveFile,
            Key activeFile,
            @Nullable Key reclaimableSlab) {
        this.kind = kind;
        this.current = current;
        this.limit = limit;
        this.oomKills = oomKills;
        this.inactiveFile = inactiveFile;
        this.activeFile = activeFile;
        this.reclaimableSlab = reclaimableSlab;
    }
}
