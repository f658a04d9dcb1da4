package io.nbguard.cgroup.leaf;

import io.nbguard.cgroup.node.Lineage;
import io.nbguard.spi.UnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A copy of what a container sees of its cgroup, in plain files: what is decided on them is real, the kernel is not. */
final class GroupTree {

    static final long MIB = 1L << 20;

    private final Path root;

    GroupTree(Path root) {
        this.root = root;
        file("proc/self/cgroup", "0::/\n");
        file("proc/self/mountinfo", "30 20 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup rw,nsdelegate\n");
        machine(64 * 1024, 60 * 1024);
        group("", "domain\n");
        memory("", "max", 100, 0);
    }

    Path root() {
        return root;
    }

    /** Returns the directory of a group. */
    Path path(String group) {
        Path top = root.resolve("sys/fs/cgroup");
        return group.isEmpty() ? top : top.resolve(group);
    }

    GroupTree file(String path, String content) {
        try {
            Path file = root.resolve(path);
            Files.createDirectories(file.getParent());
            Files.writeString(file, content);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    GroupTree set(String group, String file, String content) {
        return file(root.relativize(path(group)).resolve(file).toString(), content);
    }

    String get(String group, String file) {
        try {
            return Files.readString(path(group).resolve(file)).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes a group with the files that every group has. */
    GroupTree group(String group, String type) {
        set(group, "cgroup.controllers", "cpu io memory pids\n");
        set(group, "cgroup.subtree_control", "\n");
        set(group, "cgroup.procs", "");
        set(group, "cgroup.stat", "nr_descendants 0\nnr_dying_descendants 0\n");
        return set(group, "cgroup.type", type);
    }

    /** Sets what a group holds, in MiB. */
    GroupTree memory(String group, String max, long currentMib, long cacheMib) {
        set(group, "memory.max", max + "\n");
        set(group, "memory.current", currentMib * MIB + "\n");
        return set(
                group,
                "memory.stat",
                "anon 1\nfile 2\ninactive_file " + cacheMib * MIB + "\nactive_file 0\nslab_reclaimable 0\n");
    }

    /** Sets what the machine has, in MiB. */
    GroupTree machine(long totalMib, long availableMib) {
        return file(
                "proc/meminfo",
                "MemTotal:       " + totalMib * 1024 + " kB\nMemFree:        1 kB\nMemAvailable:   "
                        + availableMib * 1024 + " kB\n");
    }

    CgroupLayout layout() {
        try {
            return new CgroupLayout(Lineage.unified(root).ofNode(), CgroupLayout.Kind.CONTAINER);
        } catch (UnavailableException e) {
            throw new IllegalStateException(e);
        }
    }
}
