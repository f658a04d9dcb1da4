package io.nbguard.cgroup.node;

import java.io.Closeable;
import java.nio.file.Path;

/** How much memory the machine has, to distinguish limits that can be reached from those that cannot. */
final class MachineMemory implements Closeable {

    static final Key MEM_TOTAL = new Key("MemTotal");

    private final WatchedFile meminfo;
    private long totalBytes;

    MachineMemory(Path root, WatchedFile.Desk desk) {
        meminfo = new WatchedFile(root.resolve("proc/meminfo"), "host", desk);
    }

    /**
     * Returns whether the machine has less than {@code bytes}. What was read before is believed as long as it says no;
     * else it is read again, for memory can be added to a running machine.
     */
    boolean hasLessThan(long bytes) {
        if (bytes <= totalBytes) {
            return false;
        }
        if (!meminfo.read()) {
            return false;
        }
        long kibibytes = meminfo.find(MEM_TOTAL);
        if (kibibytes < 0 || kibibytes > Long.MAX_VALUE >> 10) {
            return false;
        }
        totalBytes = kibibytes << 10;
        return bytes > totalBytes;
    }

    @Override
    public void close() {
        meminfo.close();
    }
}
