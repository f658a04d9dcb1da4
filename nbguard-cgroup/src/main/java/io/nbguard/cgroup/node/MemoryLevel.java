package io.nbguard.cgroup.node;

import io.nbguard.spi.probe.Gauge;
import io.nbguard.spi.probe.NodeGauges;
import java.io.Closeable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The memory files of one cgroup on the way up from our own. */
final class MemoryLevel implements Closeable {

    /**
     * From here on a v1 limit means none: the kernel's PAGE_COUNTER_MAX is the largest number of bytes that is a whole
     * number of pages, so it differs with the page size; this is the one of 64 KiB pages.
     */
    private static final long NO_LIMIT = Long.MAX_VALUE & -65536L;

    private static final byte[] MAX = "max".getBytes(StandardCharsets.US_ASCII);
    private static final Key OOM_KILL = new Key("oom_kill");
    private static final Key HIERARCHICAL_LIMIT = new Key("hierarchical_memory_limit");
    private static final String NO_SLAB = "cgroup v1 does not count it";
    private static final String NOT_ACCOUNTED = "the memory controller is not on for this cgroup";

    private final MemoryFiles files;
    private final Path directory;
    private final WatchedFile current;
    private final WatchedFile limit;
    private final WatchedFile stat;
    private final WatchedFile oomKills;
    private final PressureFile pressure;
    private boolean currentKnown;
    private boolean limitKnown;
    private boolean limited;
    private long limitBytes;
    private long hierarchicalLimit = Long.MAX_VALUE;

    private MemoryLevel(Path directory, MemoryFiles files, PressureFile pressure, WatchedFile.Desk desk) {
        this.files = files;
        this.pressure = pressure;
        this.directory = directory;
        current = new WatchedFile(directory.resolve(files.current), files.kind, desk);
        limit = new WatchedFile(directory.resolve(files.limit), files.kind, desk);
        stat = new WatchedFile(directory.resolve("memory.stat"), files.kind, desk);
        oomKills = new WatchedFile(directory.resolve(files.oomKills), files.kind, desk);
    }

    /** Watches a group of cgroup v2. */
    static MemoryLevel v2(Path directory, WatchedFile.Desk desk) {
        PressureFile pressure = new PressureFile(
                directory.resolve("memory.pressure"), MemoryFiles.V2.kind, Gauge.MEMORY_PRESSURE, desk);
        return new MemoryLevel(directory, MemoryFiles.V2, pressure, desk);
    }

    /** Watches a group of cgroup v1, which keeps no pressure of its own. */
    static MemoryLevel v1(Path directory, PressureFile machinePressure, WatchedFile.Desk desk) {
        return new MemoryLevel(directory, MemoryFiles.V1, machinePressure, desk);
    }

    /** Reads use and limit. */
    void refresh() {
        currentKnown = current.readNumber();
        limitKnown = readLimit();
    }

    private boolean readLimit() {
        limited = false;
        if (!limit.read()) {
            // A group that is not accounted has no such file, and so no limit.
            return limit.isAbsent();
        }
        if (limit.text().startsWith(MAX)) {
            return true;
        }
        limitBytes = limit.text().parseLongOr(-1);
        if (limitBytes < 0 || !limit.text().atLineEnd()) {
            return limit.malformed();
        }
        limited = limitBytes < NO_LIMIT;
        return true;
    }

    /** Returns whether memory is charged to this group at all. */
    boolean accounts() {
        return !current.isAbsent();
    }

    /** Returns whether the use was read. */
    boolean currentKnown() {
        return currentKnown;
    }

    /** Returns whether it could be read if there is a limit. */
    boolean limitKnown() {
        return limitKnown;
    }

    /** Returns whether there is a limit. */
    boolean limited() {
        return limited;
    }

    /** Returns the limit in bytes, if there is one. */
    long limitBytes() {
        return limitBytes;
    }

    /** Returns the bytes that may still be charged before the limit; negative beyond it. */
    long headroomBytes() {
        return limitBytes - current.value();
    }

    Path directory() {
        return directory;
    }

    WatchedFile limitFile() {
        return limit;
    }

    /** Reads the use once more, and nothing else. */
    void sampleCurrent(NodeGauges into) {
        currentKnown = current.readNumber();
        reportCurrent(into);
    }

    /** Puts the use that was read into its gauge. */
    void reportCurrent(NodeGauges into) {
        if (currentKnown) {
            into.set(Gauge.MEMORY_CURRENT, current.value(), current.source());
        } else if (current.isAbsent()) {
            into.unavailable(Gauge.MEMORY_CURRENT, NOT_ACCOUNTED, current.source());
        } else {
            current.reportUnreadable(Gauge.MEMORY_CURRENT, into);
        }
    }

    /** Reads what the charged memory consists of. */
    void sampleStat(NodeGauges into) {
        if (!stat.read()) {
            stat.reportUnreadable(Gauge.MEMORY_INACTIVE_FILE, into);
            stat.reportUnreadable(Gauge.MEMORY_FILE_CACHE, into);
            stat.reportUnreadable(Gauge.MEMORY_RECLAIMABLE_SLAB, into);
            hierarchicalLimit = Long.MAX_VALUE;
            return;
        }
        stat.report(files.inactiveFile, Gauge.MEMORY_INACTIVE_FILE, into);
        reportFileCache(into);
        if (files.reclaimableSlab == null) {
            into.unavailable(Gauge.MEMORY_RECLAIMABLE_SLAB, NO_SLAB, stat.source());
        } else {
            stat.report(files.reclaimableSlab, Gauge.MEMORY_RECLAIMABLE_SLAB, into);
        }
        long hierarchical = stat.find(HIERARCHICAL_LIMIT);
        hierarchicalLimit = hierarchical < 0 || hierarchical >= NO_LIMIT ? Long.MAX_VALUE : hierarchical;
    }

    private void reportFileCache(NodeGauges into) {
        long active = stat.find(files.activeFile);
        long inactive = stat.find(files.inactiveFile);
        if (active < 0 || inactive < 0) {
            Key missing = active < 0 ? files.activeFile : files.inactiveFile;
            into.unavailable(Gauge.MEMORY_FILE_CACHE, missing.missing(), stat.source());
        } else {
            into.set(Gauge.MEMORY_FILE_CACHE, active + inactive, stat.source());
        }
    }

    /** Reads how long tasks wait for memory. */
    void samplePressure(NodeGauges into) {
        pressure.sample(into);
    }

    /** Returns whether the kernel counts the OOM kills of the groups below in this one too; in v1 it does not. */
    boolean countsOomKillsBelow() {
        return files == MemoryFiles.V2;
    }

    /** Reads how many processes the kernel has killed for want of memory. */
    void sampleOomKills(NodeGauges into) {
        if (oomKills.read()) {
            oomKills.report(OOM_KILL, Gauge.MEMORY_OOM_KILLS, into);
        } else {
            oomKills.reportUnreadable(Gauge.MEMORY_OOM_KILLS, into);
        }
    }

    /**
     * Returns the lowest limit of this group and all above it, those that we cannot see included, as the last
     * {@link #sampleStat} found it; {@code Long.MAX_VALUE} where none is set, or where the kernel does not report it (v2).
     */
    long hierarchicalLimit() {
        return hierarchicalLimit;
    }

    @Override
    public void close() {
        current.close();
        limit.close();
        stat.close();
        oomKills.close();
        pressure.close();
    }
}
