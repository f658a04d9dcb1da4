package io.nbguard.cgroup.node;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.spi.probe.Gauge;
import io.nbguard.spi.probe.NodeGauges;
import java.io.Closeable;
import java.util.List;

/**
 * The memory of our cgroup and those above it. Each may have a limit and each limit counts its own group's use, so the
 * one that matters is the one with the least room left: the <em>binding</em> level. Use, limit and everything else are
 * read from that one group, for a use and a limit of different groups say nothing together.
 *
 * <p>Without any limit our own group is reported. A limit above what the machine has can never be reached and counts as
 * none, so that the machine's own memory bounds us instead. Where a limit cannot be read and no other is set, the limit
 * is unavailable, not unlimited.
 *
 * <p>A v1 mount in a container often hides the groups above it. Their lowest limit is still shown
 * ({@code hierarchical_memory_limit}), but not what else they hold: that limit is mentioned in the
 * {@linkplain #describe description}, and makes an otherwise unlimited group's limit unavailable; it is never paired with
 * the use of a group below it.
 */
final class MemoryLevels implements Closeable {

    private final MemoryLevel[] levels;
    private final MachineMemory machine;
    private final String hiddenLimit;
    private MemoryLevel binding;
    private boolean limited;
    private MemoryLevel unreadable;
    private boolean allReadable = true;
    private boolean hidden;

    /**
     * Watches some cgroups.
     *
     * @param ownFirst our own first, then its parents
     */
    MemoryLevels(List<MemoryLevel> ownFirst, MachineMemory machine) {
        levels = ownFirst.toArray(new MemoryLevel[0]);
        this.machine = machine;
        binding = levels[0];
        unreadable = levels[0];
        hiddenLimit = "a cgroup above " + levels[levels.length - 1].directory()
                + " has a memory limit, but cannot be seen from here, so how much of it is left is not known";
    }

    /** Returns whether memory is charged to any of the groups. */
    boolean accounted() {
        for (MemoryLevel level : levels) {
            if (level.accounts()) {
                return true;
            }
        }
        return false;
    }

    /** Reads all limits and uses, and finds the binding level. */
    void refresh() {
        MemoryLevel nearest = null;
        MemoryLevel tightest = null;
        MemoryLevel unread = null;
        long lowest = Long.MAX_VALUE;
        allReadable = true;
        for (MemoryLevel level : levels) {
            level.refresh();
            if (!level.accounts()) {
                continue;
            }
            nearest = nearest == null ? level : nearest;
            if (!level.limitKnown()) {
                unreadable = allReadable ? level : unreadable;
                allReadable = false;
            } else if (level.limited()) {
                lowest = Math.min(lowest, level.limitBytes());
                if (!level.currentKnown()) {
                    unread = unread == null || level.limitBytes() < unread.limitBytes() ? level : unread;
                } else if (tightest == null || level.headroomBytes() < tightest.headroomBytes()) {
                    tightest = level;
                }
            }
        }
        limited = lowest != Long.MAX_VALUE && !machine.hasLessThan(lowest);
        MemoryLevel chosen = limited ? (tightest != null ? tightest : unread) : nearest;
        // With every group gone the last one known says why nothing can be read.
        binding = chosen == null ? binding : chosen;
    }

    /** Refreshes, and fills the gauges of memory. */
    void sample(NodeGauges into) {
        refresh();
        binding.reportCurrent(into);
        binding.sampleStat(into);
        long hierarchical = binding.hierarchicalLimit();
        hidden = hierarchical < (limited ? binding.limitBytes() : Long.MAX_VALUE)
                && !anyHasLimit(hierarchical)
                && !machine.hasLessThan(hierarchical);
        reportLimit(into);
        (binding.countsOomKillsBelow() ? binding : levels[0]).sampleOomKills(into);
        binding.samplePressure(into);
    }

    private boolean anyHasLimit(long bytes) {
        for (MemoryLevel level : levels) {
            if (level.limited() && level.limitBytes() == bytes) {
                return true;
            }
        }
        return false;
    }

    private void reportLimit(NodeGauges into) {
        WatchedFile file = binding.limitFile();
        if (limited) {
            into.set(Gauge.MEMORY_LIMIT, binding.limitBytes(), file.source());
        } else if (!allReadable) {
            unreadable.limitFile().reportUnreadable(Gauge.MEMORY_LIMIT, into);
        } else if (hidden) {
            into.unavailable(Gauge.MEMORY_LIMIT, hiddenLimit, file.source());
        } else {
            into.unlimited(Gauge.MEMORY_LIMIT, file.source());
        }
    }

    /** Reads the use of the level that is binding since the last {@link #refresh}, and nothing else. */
    void sampleCurrent(NodeGauges into) {
        binding.sampleCurrent(into);
    }

    /** Says for a person which limit holds, and where it is set. */
    String describe() {
        String hint = hidden
                ? "; a cgroup above, not visible from here, is limited to "
                        + ByteSize.ofBytes(binding.hierarchicalLimit())
                : "";
        if (limited) {
            return "limit " + ByteSize.ofBytes(binding.limitBytes()) + " set at " + binding.directory() + hint;
        }
        if (!allReadable) {
            return "memory limit unknown: " + unreadable.limitFile().source() + ": "
                    + unreadable.limitFile().reason() + hint;
        }
        return "no memory limit" + hint;
    }

    @Override
    public void close() {
        for (MemoryLevel level : levels) {
            level.close();
        }
    }
}
