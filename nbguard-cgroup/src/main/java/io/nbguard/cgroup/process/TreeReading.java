package io.nbguard.cgroup.process;

import io.nbguard.spi.process.GroupUsage;
import io.nbguard.spi.process.SampleDepth;

/**
 * Reads a group's members and keeps the books of its processor time. Sampling thread only.
 *
 * <p>The time of a tree is the own time of each member, plus what each has of ended children (the kernel adds a reaped
 * process to its parent's {@code cutime} and {@code cstime}), plus what went out of the tree: a process that init reaps
 * takes its time there. Two rules keep this exact while processes end under our eyes:
 *
 * <ul>
 *   <li>Never count twice: children's times are read <em>before</em> own times. A process whose own time could be read
 *       was not reaped yet, so it is in no children's time that was read earlier.
 *   <li>Never lose: when a member has gone, children's times are read again, and what they grew by is held against what
 *       the gone ones had. What is missing went elsewhere and is put down as departed.
 * </ul>
 *
 * <p>A reading that comes out too low is corrected by the next; one that is too high would stay.
 */
final class TreeReading {

    private static final int ATTEMPTS = 3;

    private final GroupUsage usage = new GroupUsage();
    private Member[] members = new Member[0];
    private int count;
    private volatile long departedNanos;
    private long spareGrowth;
    private boolean refreshDue;

    GroupUsage usage() {
        return usage;
    }

    /** Returns processor time of ended processes that no member has. Any thread. */
    long departedNanos() {
        return departedNanos;
    }

    /**
     * Reads all members. Those that have gone are marked as lost.
     *
     * @param floorNanos processor time that the tree is known to have used
     * @return whether any was lost
     */
    boolean read(Member[] current, int size, SampleDepth depth, Sampling sampling, long floorNanos) {
        members = current;
        count = size;
        boolean refresh = depth == SampleDepth.FULL || refreshDue;
        boolean balanced = false;
        boolean anyLost = false;
        for (int attempt = 0; attempt < ATTEMPTS && !balanced; attempt++) {
            if (refresh) {
                noteLost();
                readStats(sampling);
                settle(sampling.machine.nanosPerTick());
            }
            readUsages(sampling, depth == SampleDepth.FULL);
            balanced = !anyUnnoted();
            anyLost |= !balanced || anyLost();
            refresh = true;
        }
        if (!balanced) {
            noteLost();
            readStats(sampling);
            settle(sampling.machine.nanosPerTick());
            anyLost = true;
        }
        refreshDue = !balanced;
        publish(balanced, floorNanos, sampling);
        return anyLost;
    }

    private void readStats(Sampling sampling) {
        for (int i = 0; i < count; i++) {
            Member member = members[i];
            if (!member.lost && !member.readAll(sampling)) {
                member.lost = true;
            }
        }
    }

    private void readUsages(Sampling sampling, boolean exact) {
        for (int i = 0; i < count; i++) {
            Member member = members[i];
            if (!member.lost && !member.readUsage(sampling, exact)) {
                member.lost = true;
            }
        }
    }

    private boolean anyLost() {
        for (int i = 0; i < count; i++) {
            if (members[i].lost) {
                return true;
            }
        }
        return false;
    }

    private boolean anyUnnoted() {
        for (int i = 0; i < count; i++) {
            if (members[i].lost && !members[i].noted) {
                return true;
            }
        }
        return false;
    }

    private void noteLost() {
        for (int i = 0; i < count; i++) {
            if (members[i].lost && !members[i].noted) {
                members[i].noted = true;
                members[i].toSettle = true;
            }
        }
    }

    private void settle(long nanosPerTick) {
        long owed = 0;
        int owing = 0;
        for (int i = 0; i < count; i++) {
            Member member = members[i];
            if (member.toSettle) {
                member.toSettle = false;
                if (isMember(member.parent())) {
                    owed += member.lastNanos();
                    owing++;
                } else {
                    departedNanos += member.lastNanos();
                }
            }
            spareGrowth += member.childGrowth;
            member.childGrowth = 0;
        }
        long missing = owed - spareGrowth;
        // The kernel rounds user and system time down to ticks.
        if (missing > 2 * nanosPerTick * owing) {
            departedNanos += missing;
        }
        spareGrowth = Math.max(0, -missing);
    }

    private boolean isMember(long pid) {
        for (int i = 0; i < count; i++) {
            if (members[i].pid == pid) {
                return true;
            }
        }
        return false;
    }

    private void publish(boolean balanced, long floorNanos, Sampling sampling) {
        long nanos = departedNanos;
        usage.begin();
        for (int i = 0; i < count; i++) {
            Member member = members[i];
            if (member.lost || !member.living()) {
                usage.ended(member.pid, member.start, member.endStatus(sampling));
            }
            if (member.lost) {
                continue;
            }
            nanos += member.treeNanos();
            refreshDue |= member.childrenDue();
            if (member.living()) {
                usage.add(
                        member.pid,
                        member.parent(),
                        member.start,
                        member.residentBytes(),
                        member.privateBytes(),
                        member.ownNanos(),
                        member.threads(),
                        member.state(),
                        member.name());
            }
        }
        usage.finish(balanced ? Math.max(nanos, floorNanos) : floorNanos);
        if (balanced && !anyBeingReaped()) {
            spareGrowth = 0;
            for (int i = 0; i < count; i++) {
                members[i].childGrowth = 0;
            }
        }
    }

    /** One that is just being reaped may be in its parent's time already: that growth will still be asked for. */
    private boolean anyBeingReaped() {
        for (int i = 0; i < count; i++) {
            if (!members[i].lost && members[i].beingReaped()) {
                return true;
            }
        }
        return false;
    }
}
