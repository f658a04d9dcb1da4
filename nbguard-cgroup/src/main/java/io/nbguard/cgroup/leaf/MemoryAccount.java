package io.nbguard.cgroup.leaf;

import io.nbguard.cgroup.node.Key;
import io.nbguard.cgroup.node.WatchedFile;
import java.io.Closeable;
import java.nio.file.Path;

/** What one cgroup holds, and how much of it the kernel could take back. For one thread; allocates nothing. */
final class MemoryAccount implements Closeable {

    private static final String KIND = "cgroup2";
    private static final Key INACTIVE_FILE = new Key("inactive_file");
    private static final Key ACTIVE_FILE = new Key("active_file");
    private static final Key RECLAIMABLE_SLAB = new Key("slab_reclaimable");

    private final WatchedFile current;
    private final WatchedFile stat;

    MemoryAccount(Path group, WatchedFile.Desk desk) {
        current = new WatchedFile(group.resolve("memory.current"), KIND, desk);
        stat = new WatchedFile(group.resolve("memory.stat"), KIND, desk);
    }

    /** Returns what cannot be reclaimed, in bytes: all but file cache and reclaimable slab; -1 if it cannot be read. */
    long unreclaimableBytes() {
        if (!current.readNumber()) {
            return -1;
        }
        long bytes = current.value();
        if (!stat.read()) {
            return -1;
        }
        long reclaimable = atLeastZero(INACTIVE_FILE) + atLeastZero(ACTIVE_FILE) + atLeastZero(RECLAIMABLE_SLAB);
        return Math.max(0, bytes - reclaimable);
    }

    private long atLeastZero(Key key) {
        return Math.max(0, stat.find(key));
    }

    @Override
    public void close() {
        current.close();
        stat.close();
    }
}
