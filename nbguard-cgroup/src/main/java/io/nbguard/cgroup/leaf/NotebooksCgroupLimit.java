package io.nbguard.cgroup.leaf;

import io.nbguard.cgroup.node.Key;
import io.nbguard.cgroup.node.WatchedFile;
import java.io.Closeable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Keeps {@code memory.max} of the notebooks' cgroup below the node's limit by what all other processes of the node need, and
 * follows both as they change. Guards that share the cgroup all do this: each lowers the bound whenever its own result is
 * lower, and raises it only if it set it itself, or if no other guard shares the cgroup.
 *
 * <p>For one thread at a time; allocates nothing unless the bound changes.
 */
final class NotebooksCgroupLimit implements Closeable {

    private static final byte[] MAX = "max".getBytes(StandardCharsets.US_ASCII);
    private static final Key MEM_TOTAL = new Key("MemTotal");
    private static final Key MEM_AVAILABLE = new Key("MemAvailable");
    private static final long PAGE_MASK = -65536L;

    private final NotebooksCgroup notebooksCgroup;
    private final Reserve reserve;
    private final Path file;
    private final WatchedFile inForceFile;
    private final MemoryAccount notebooks;
    private final WatchedFile meminfo;
    private final Level[] levels;
    private long ownBytes = -1;
    private long lowestLimit;
    private volatile long inForce = -1;

    private record Level(WatchedFile limit, MemoryAccount account) {}

    NotebooksCgroupLimit(
            CgroupLayout layout, NotebooksCgroup notebooksCgroup, Reserve reserve, Path root, WatchedFile.Desk desk) {
        this.notebooksCgroup = notebooksCgroup;
        this.reserve = reserve;
        file = layout.notebooksCgroup().resolve("memory.max");
        inForceFile = new WatchedFile(file, "cgroup2", desk);
        notebooks = new MemoryAccount(layout.notebooksCgroup(), desk);
        meminfo = new WatchedFile(root.resolve("proc/meminfo"), "host", desk);
        List<Path> groups = layout.lineage().directories();
        levels = groups.stream()
                .map(group -> new Level(
                        new WatchedFile(group.resolve("memory.max"), "cgroup2", desk), new MemoryAccount(group, desk)))
                .toArray(Level[]::new);
    }

    /** Returns the bound in force, in bytes, as of the last {@link #look}; -1 if there is none. Any thread. */
    long inForceBytes() {
        return inForce;
    }

    /**
     * Looks at everything again.
     *
     * @param set whether to set the bound if it is due; a mere watcher does not
     */
    void look(boolean set) {
        inForce = limitIn(inForceFile);
        if (set) {
            follow(notebooks.unreclaimableBytes());
        }
    }

    private void follow(long held) {
        if (held < 0) {
            return;
        }
        long room = machineRoom(held);
        for (Level level : levels) {
            long limit = limitIn(level.limit);
            long inGroup = limit < 0 ? -1 : level.account.unreclaimableBytes();
            if (inGroup >= 0) {
                room = Math.min(room, reserve.room(limit, inGroup, held));
                lowestLimit = Math.min(lowestLimit, limit);
            }
        }
        if (room != Long.MAX_VALUE) {
            set(Reserve.bound(room, held) & PAGE_MASK);
        }
    }

    /** The machine's memory bounds us like a limit would, and what is not available of it is held. */
    private long machineRoom(long held) {
        lowestLimit = Long.MAX_VALUE;
        if (!meminfo.read()) {
            return Long.MAX_VALUE;
        }
        long total = meminfo.find(MEM_TOTAL);
        long available = meminfo.find(MEM_AVAILABLE);
        if (total < 0 || available < 0) {
            return Long.MAX_VALUE;
        }
        lowestLimit = total << 10;
        return reserve.room(total << 10, (total - available) << 10, held);
    }

    private void set(long bound) {
        boolean lower = inForce < 0 || bound < inForce;
        boolean due = inForce < 0 || Reserve.isWorthSetting(bound, inForce, lowestLimit);
        if (due && (lower || inForce == ownBytes || notebooksCgroup.folders().size() == 1)) {
            if (ControlFile.tryWrite(file, Long.toString(bound))) {
                ownBytes = bound;
                inForce = bound;
            }
        }
    }

    private static long limitIn(WatchedFile file) {
        if (!file.read() || file.text().startsWith(MAX)) {
            return -1;
        }
        return file.text().parseLongOr(-1);
    }

    @Override
    public void close() {
        inForceFile.close();
        notebooks.close();
        meminfo.close();
        for (Level level : levels) {
            level.limit.close();
            level.account.close();
        }
    }
}
