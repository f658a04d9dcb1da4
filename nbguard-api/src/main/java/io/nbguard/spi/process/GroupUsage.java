package io.nbguard.spi.process;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The usage of a group's processes at one sample: columns, one row per living member, root first. Reused at every
 * sample; rows are written by {@link #begin}, {@link #add}, {@link #finish}. Sampling thread only.
 */
public final class GroupUsage {

    /** How a member ended is not known. */
    public static final int UNKNOWN_END = -1;

    private int count;
    private long[] pids = new long[8];
    private long[] parentPids = new long[8];
    private long[] startTicks = new long[8];
    private long[] rssBytes = new long[8];
    private long[] cpuNanos = new long[8];
    private int[] threads = new int[8];
    private char[] states = new char[8];
    private @Nullable String[] commands = new @Nullable String[8];
    private int endedCount;
    private long[] endedPids = new long[4];
    private long[] endedStartTicks = new long[4];
    private int[] endedStatuses = new int[4];
    private long totalRssBytes;
    private long largestPrivateBytes;
    private long totalCpuNanos;
    private long chargedBytes = -1;
    private long ioReadBytes = -1;
    private long ioWrittenBytes = -1;

    /** Makes an empty table. */
    public GroupUsage() {}

    /** Begins a sample: no rows. */
    public void begin() {
        count = 0;
        endedCount = 0;
        totalRssBytes = 0;
        largestPrivateBytes = 0;
        chargedBytes = -1;
        ioReadBytes = -1;
        ioWrittenBytes = -1;
    }

    /**
     * Adds one living member.
     *
     * @param privateBytes resident memory less its file and shared-memory pages: never more than the tree holds
     * @param command its {@code comm}; the same string at every sample
     */
    public void add(
            long pid,
            long parentPid,
            long start,
            long rss,
            long privateBytes,
            long cpu,
            int threadCount,
            char state,
            String command) {
        if (count == pids.length) {
            grow();
        }
        pids[count] = pid;
        parentPids[count] = parentPid;
        startTicks[count] = start;
        rssBytes[count] = rss;
        cpuNanos[count] = cpu;
        threads[count] = threadCount;
        states[count] = state;
        commands[count] = command;
        count++;
        totalRssBytes += rss;
        largestPrivateBytes = Math.max(largestPrivateBytes, privateBytes);
    }

    /**
     * Adds how a member ended that is no row any more, or, as a zombie, none yet again.
     *
     * @param waitStatus what wait(2) returns to its parent: the signal that ended it in the lowest seven bits, else the
     *     exit code in the next eight
     */
    public void ended(long pid, long start, int waitStatus) {
        if (endedCount == endedPids.length) {
            endedPids = Arrays.copyOf(endedPids, endedCount * 2);
            endedStartTicks = Arrays.copyOf(endedStartTicks, endedCount * 2);
            endedStatuses = Arrays.copyOf(endedStatuses, endedCount * 2);
        }
        endedPids[endedCount] = pid;
        endedStartTicks[endedCount] = start;
        endedStatuses[endedCount++] = waitStatus;
    }

    /** Returns how a member ended that was seen to at this sample, as of wait(2); {@link #UNKNOWN_END} if that is not known. */
    public int endOf(long pid, long start) {
        for (int i = 0; i < endedCount; i++) {
            if (endedPids[i] == pid && endedStartTicks[i] == start) {
                return endedStatuses[i];
            }
        }
        return UNKNOWN_END;
    }

    /**
     * Ends a sample.
     *
     * @param cpuNanosOfTree processor time of the whole tree since its start, with that of ended members
     */
    public void finish(long cpuNanosOfTree) {
        // A kernel clock read a moment later than its sum may be behind it: time used is never given back.
        totalCpuNanos = Math.max(totalCpuNanos, cpuNanosOfTree);
    }

    /**
     * Sets what the kernel charges to the group as a whole: then nothing about its memory needs to be guessed from its
     * processes.
     *
     * @param bytes what cannot be reclaimed of it: no file cache, no reclaimable slab
     */
    public void charge(long bytes) {
        chargedBytes = bytes;
    }

    /** Sets what the group has read from and written to block devices since its start, in bytes. */
    public void io(long readBytes, long writtenBytes) {
        ioReadBytes = readBytes;
        ioWrittenBytes = writtenBytes;
    }

    private void grow() {
        int size = count * 2;
        pids = Arrays.copyOf(pids, size);
        parentPids = Arrays.copyOf(parentPids, size);
        startTicks = Arrays.copyOf(startTicks, size);
        rssBytes = Arrays.copyOf(rssBytes, size);
        cpuNanos = Arrays.copyOf(cpuNanos, size);
        threads = Arrays.copyOf(threads, size);
        states = Arrays.copyOf(states, size);
        commands = Arrays.copyOf(commands, size);
    }

    /** Returns how many members live. */
    public int count() {
        return count;
    }

    /** Returns the sum of RSS: an upper bound of what the tree holds. */
    public long totalRssBytes() {
        return totalRssBytes;
    }

    /** Returns the largest private memory of one member: a lower bound of what the tree holds. */
    public long largestPrivateBytes() {
        return largestPrivateBytes;
    }

    /** Returns the processor time of the whole tree, ended members included; never less than at an earlier sample. */
    public long totalCpuNanos() {
        return totalCpuNanos;
    }

    /** Returns what the kernel charges to the group as a whole and cannot reclaim, or -1 where it keeps no such account. */
    public long chargedBytes() {
        return chargedBytes;
    }

    /** Returns what the group has read from block devices, or -1 where the kernel keeps no such account. */
    public long ioReadBytes() {
        return ioReadBytes;
    }

    /** Returns what the group has written to block devices, or -1 where the kernel keeps no such account. */
    public long ioWrittenBytes() {
        return ioWrittenBytes;
    }

    /** Returns the id of the member in row {@code i}. */
    public long pid(int i) {
        return pids[i];
    }

    /** Returns the parent's id of the member in row {@code i}. */
    public long parentPid(int i) {
        return parentPids[i];
    }

    /** Returns when the member in row {@code i} started, in clock ticks since boot. */
    public long startTicks(int i) {
        return startTicks[i];
    }

    /** Returns the RSS of the member in row {@code i}. */
    public long rssBytes(int i) {
        return rssBytes[i];
    }

    /** Returns the processor time of the member in row {@code i} itself. */
    public long cpuNanos(int i) {
        return cpuNanos[i];
    }

    /** Returns the number of threads of the member in row {@code i}, as last read. */
    public int threads(int i) {
        return threads[i];
    }

    /** Returns the kernel's state letter of the member in row {@code i}, as last read. */
    public char state(int i) {
        return states[i];
    }

    /** Returns the short name of the member in row {@code i}. */
    public String command(int i) {
        String command = commands[i];
        return command == null ? "?" : command;
    }

    /** Makes this a copy of {@code other}. */
    public void copyFrom(GroupUsage other) {
        while (pids.length < other.count) {
            count = pids.length;
            grow();
        }
        count = other.count;
        System.arraycopy(other.pids, 0, pids, 0, count);
        System.arraycopy(other.parentPids, 0, parentPids, 0, count);
        System.arraycopy(other.startTicks, 0, startTicks, 0, count);
        System.arraycopy(other.rssBytes, 0, rssBytes, 0, count);
        System.arraycopy(other.cpuNanos, 0, cpuNanos, 0, count);
        System.arraycopy(other.threads, 0, threads, 0, count);
        System.arraycopy(other.states, 0, states, 0, count);
        System.arraycopy(other.commands, 0, commands, 0, count);
        totalRssBytes = other.totalRssBytes;
        largestPrivateBytes = other.largestPrivateBytes;
        totalCpuNanos = other.totalCpuNanos;
        chargedBytes = other.chargedBytes;
        ioReadBytes = other.ioReadBytes;
        ioWrittenBytes = other.ioWrittenBytes;
    }
}
