package io.nbguard.cgroup.process;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.locks.Lock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds new members. While the {@link PidCursor} stands still there are none, and nothing is opened. When it has moved,
 * only the ids that it gave out are looked at, each of them at two ticks: a process is not visible at once, and its
 * parent may become known a moment after it. All processes are looked at, at two ticks too, when too many ids were given
 * out, and at first. What these two looks could miss is found by walking through {@code /proc}
 * every few seconds, a few processes per unhurried tick. Sampling thread only.
 */
final class Discovery {

    /** More ids than this are dearer to look at one by one than listing the processes that exist. */
    private static final int LIMIT_BY_CALLS = 1000;

    private static final int LIMIT_BY_STREAMS = 300;
    private static final long RECONCILE_NANOS = 3_000_000_000L;
    private static final int RECONCILE_STEP = 64;

    /** For how many ticks a loss, or an id that had gone before it was looked at, makes orphans possible. */
    private static final long ORPHAN_TICKS = 2;

    private final Machine machine;
    private final ProcessReader reader;
    private final StatLine line = new StatLine();
    private final @Nullable PidCursor cursor;
    private final Departed departed;
    private final Lock lock;
    private final Sampling sampling;
    private final LongSupplier clock;
    private final Kinship kinship = new Kinship();
    private final PidMap<Member> known = new PidMap<>();
    private final Census census = new Census();
    private final Orphans orphans;

    private final int limit;
    private final long[] given;
    private long[] pending;
    private long[] nextPending;
    private int pendingCount;
    private int nextPendingCount;

    private final PidLaps laps;

    /** Where the cursor was at the last tick, and when; written in this order and read in the other. */
    private volatile long last = -1;

    private volatile long lastAt;
    private volatile boolean settled;
    private boolean lapped;
    private boolean walkDue;

    /** Whether all processes are looked at once more at the next tick: a parent may go between its look and the child's. */
    private boolean allAgain;

    private long lookAgainFrom = -1;
    private long tick;
    private long lastGap = Long.MIN_VALUE / 2;

    private @Nullable DirectoryStream<Path> walk;
    private @Nullable Iterator<Path> walkAt;
    private long walkedAt;

    Discovery(
            Sampling sampling,
            @Nullable PidCursor cursor,
            Departed departed,
            Lock lock,
            PidLaps laps,
            LongSupplier clock) {
        this.sampling = sampling;
        this.machine = sampling.machine;
        this.reader = sampling.reader;
        this.cursor = cursor;
        this.departed = departed;
        this.lock = lock;
        this.clock = clock;
        orphans = new Orphans(machine, reader);
        this.laps = laps;
        limit = machine.calls().available() ? LIMIT_BY_CALLS : LIMIT_BY_STREAMS;
        given = new long[limit];
        pending = new long[limit * 2];
        nextPending = new long[limit * 2];
        walkedAt = clock.getAsLong();
    }

    /** Returns where the cursor was at the last tick. Any thread. */
    PidLaps.Look lastLook() {
        long at = lastAt;
        return new PidLaps.Look(last, at);
    }

    PidLaps laps() {
        return laps;
    }

    /** Returns whether the cursor may have gone all the way round between the last two ticks. */
    boolean lapped() {
        return lapped;
    }

    /** Makes the next tick look at all ids from {@code pid} on: a member of that id was just made known. */
    void lookAgainFrom(long pid) {
        if (lookAgainFrom < 0 || PidCursor.passed(lookAgainFrom, pid, Math.max(last, 1))) {
            lookAgainFrom = pid;
        }
    }

    /**
     * Returns whether the last tick has seen every process that was started before now, and none has to be looked at again.
     * Any thread.
     */
    boolean isUpToDate() {
        PidLaps.Look look = lastLook();
        return settled
                && look.cursor() >= 0
                && PidCursor.readOnce(machine.proc()) == look.cursor()
                && !laps.possibleSince(look.atNanos())
                // The tick that was looked at is the last one still.
                && lastAt == look.atNanos();
    }

    /**
     * Finds new members of {@code groups} and adds them to the groups.
     *
     * @param unhurried whether there is time for looking at processes again that need not be looked at now
     */
    void run(ProcessTree[] groups, long tickNumber, boolean unhurried) {
        settled = false;
        find(groups, tickNumber, unhurried);
        settled = pendingCount == 0 && lookAgainFrom < 0 && !allAgain && !lapped && tick - lastGap > ORPHAN_TICKS;
    }

    private void find(ProcessTree[] groups, long tickNumber, boolean unhurried) {
        tick = tickNumber;
        PidCursor ids = cursor;
        long at = clock.getAsLong();
        long now = ids == null ? -1 : ids.read();
        lapped = laps.possibleSince(lastAt);
        if (lapped) {
            forgetDeparted();
        }
        if (ids == null || now < 0 || last < 0) {
            prepare(groups, -1, -1);
            lookAtAll(groups);
            allAgain = true;
            lookAgainFrom = -1;
            last = now;
            lastAt = at;
            return;
        }
        boolean moved = now != last;
        walkDue |= moved;
        boolean walking = unhurried && (walkAt != null || (walkDue && at - walkedAt >= RECONCILE_NANOS));
        if (!moved && !walking && pendingCount == 0 && lookAgainFrom < 0 && !allAgain) {
            lastAt = at;
            return;
        }
        prepare(groups, last, now);
        long before = last;
        long from = before;
        if (lookAgainFrom >= 0 && PidCursor.passed(last, lookAgainFrom - 1, now)) {
            from = lookAgainFrom - 1;
        }
        lookAgainFrom = -1;
        last = now;
        lastAt = at;
        int count = from == now ? 0 : ids.range(from, now, given, limit);
        if (moved) {
            markPassed(groups, before, now);
        }
        if (count < 0 || allAgain) {
            lookAtAll(groups);
        }
        allAgain = count < 0;
        if (allAgain) {
            return;
        }
        lookAtGiven(groups, count);
        if (walking) {
            walkOn();
        }
    }

    private void forgetDeparted() {
        lock.lock();
        try {
            departed.forgetAll();
        } finally {
            lock.unlock();
        }
    }

    private void prepare(ProcessTree[] groups, long before, long now) {
        known.clear();
        kinship.clear();
        orphans.begin();
        for (ProcessTree group : groups) {
            for (int i = 0; i < group.count(); i++) {
                Member member = group.member(i);
                known.put(member.pid, member);
                kinship.member(group, member.pid, member.start);
            }
        }
        lock.lock();
        try {
            if (now < 0) {
                // Without the cursor it is not known whether an id was given out again.
                departed.forgetAll();
            } else if (now != before) {
                departed.forgetPassed(before, now);
            }
            departed.claimIn(kinship);
        } finally {
            lock.unlock();
        }
        for (ProcessTree group : groups) {
            for (int i = 0; i < group.count(); i++) {
                claimHeld(group, group.member(i));
            }
        }
        for (ProcessTree group : groups) {
            for (int i = 0; i < group.count(); i++) {
                own(group, group.member(i));
            }
        }
    }

    private void claimHeld(ProcessTree group, Member member) {
        if (member.ownedSession == member.session()) {
            kinship.held(group, member.session(), member.pid, member.start);
        }
        if (member.ownedGroup == member.group()) {
            kinship.held(group, member.group(), member.pid, member.start);
        }
    }

    /** Finds out whether the member's session and process group began inside the tree. */
    private void own(ProcessTree group, Member member) {
        if (member.ownedSession != member.session()) {
            member.ownedSession = kinship.belongs(member.session(), group) ? member.session() : 0;
        }
        if (member.ownedGroup != member.group()) {
            member.ownedGroup = kinship.belongs(member.group(), group) ? member.group() : 0;
        }
    }

    /** An id that was given out again is not the member's any more, and proves nothing about the processes that refer to it. */
    private void markPassed(ProcessTree[] groups, long before, long now) {
        for (ProcessTree group : groups) {
            for (int i = 0; i < group.count(); i++) {
                Member member = group.member(i);
                if (PidCursor.passed(member.pid, before, now) && !reader.is(member.pid, member.start, line)) {
                    member.idPassed = true;
                }
            }
        }
    }

    private void lookAtGiven(ProcessTree[] groups, int count) {
        nextPendingCount = 0;
        for (int i = 0; i < pendingCount; i++) {
            look(groups, pending[i], false);
        }
        for (int i = 0; i < count; i++) {
            look(groups, given[i], true);
        }
        long[] spare = pending;
        pending = nextPending;
        nextPending = spare;
        pendingCount = nextPendingCount;
    }

    private void look(ProcessTree[] groups, long pid, boolean first) {
        Member member = known.get(pid);
        if (member != null) {
            if (first && member.idPassed) {
                // The member is about to be dropped; the process that has its id now is looked at then.
                lookNextTime(pid);
            }
            return;
        }
        ProcessReader.Look look = reader.read(pid, line);
        if (look == ProcessReader.Look.FOUND) {
            if (adoptIfKin(groups)) {
                return;
            }
        } else if (look == ProcessReader.Look.ABSENT) {
            lastGap = tick;
        }
        if (first && look != ProcessReader.Look.THREAD) {
            lookNextTime(pid);
        }
    }

    private void lookNextTime(long pid) {
        if (nextPendingCount < nextPending.length) {
            nextPending[nextPendingCount++] = pid;
        }
    }

    /** Adopts the process in {@link #line} if it belongs to a group. */
    private boolean adoptIfKin(ProcessTree[] groups) {
        long pid = line.pid();
        long start = line.start();
        ProcessTree group = kinship.groupOf(line.parent(), line.session(), line.group(), reader);
        if (group == null) {
            group = orphans.groupOf(pid, line.parent(), start, groups, orphansSince());
        }
        if (group == null) {
            return false;
        }
        adopt(group);
        return true;
    }

    private long orphansSince() {
        return tick - lastGap <= ORPHAN_TICKS ? Long.MIN_VALUE : tick - ORPHAN_TICKS;
    }

    private void adopt(ProcessTree group) {
        Member member = new Member(machine, line.pid(), line.start());
        member.begin(line, sampling);
        member.watchEnd(sampling);
        if (!group.adopt(member)) {
            member.close();
            return;
        }
        known.put(member.pid, member);
        kinship.member(group, member.pid, member.start);
        own(group, member);
        claimHeld(group, member);
    }

    /** Looks at every process of the machine. */
    private void lookAtAll(ProcessTree[] groups) {
        pendingCount = 0;
        // Ids that were given out meanwhile are not looked at one by one: some may have come and gone.
        lastGap = tick;
        stopWalk();
        walkedAt = clock.getAsLong();
        census.clear();
        census.takeAll(machine.proc(), reader, line, known);
        boolean found = true;
        while (found) {
            found = false;
            for (int row = 0; row < census.count(); row++) {
                found |= lookAtRow(groups, row);
            }
        }
    }

    private boolean lookAtRow(ProcessTree[] groups, int row) {
        if (census.taken(row)) {
            return false;
        }
        ProcessTree group = kinship.groupOf(census.parent(row), census.session(row), census.group(row), reader);
        if (group == null) {
            group = orphans.groupOf(census.pid(row), census.parent(row), census.start(row), groups, orphansSince());
        }
        if (group == null) {
            return false;
        }
        census.take(row);
        if (reader.is(census.pid(row), census.start(row), line)) {
            adopt(group);
        }
        return true;
    }

    private void walkOn() {
        if (walkAt == null) {
            walkDue = false;
            startWalk();
        }
        Iterator<Path> at = walkAt;
        if (at == null) {
            return;
        }
        try {
            for (int step = 0; step < RECONCILE_STEP; step++) {
                if (!at.hasNext()) {
                    stopWalk();
                    return;
                }
                lookAtEntry(at.next());
            }
        } catch (DirectoryIteratorException e) {
            stopWalk();
        }
    }

    private void lookAtEntry(Path entry) {
        long pid = Census.pidOf(entry.getFileName().toString());
        if (pid > 0 && known.get(pid) == null && reader.read(pid, line) == ProcessReader.Look.FOUND) {
            ProcessTree group = kinship.groupOf(line.parent(), line.session(), line.group(), reader);
            if (group != null) {
                adopt(group);
            }
        }
    }

    private void startWalk() {
        laps.readLimit();
        try {
            DirectoryStream<Path> stream = Files.newDirectoryStream(machine.proc());
            walk = stream;
            walkAt = stream.iterator();
        } catch (IOException e) {
            walkedAt = clock.getAsLong();
        }
    }

    private void stopWalk() {
        DirectoryStream<Path> stream = walk;
        walk = null;
        walkAt = null;
        walkedAt = clock.getAsLong();
        if (stream != null) {
            try {
                stream.close();
            } catch (IOException e) {
                // Closed all the same.
                return;
            }
        }
    }

    /** Lets go of its descriptors. After the last tick. */
    void close() {
        stopWalk();
        if (cursor != null) {
            cursor.close();
        }
    }
}
