package io.nbguard.cgroup.process;

import io.nbguard.spi.process.ProcessIdentity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Searches the whole machine for the members of one group, for threads other than the sampling one: takes milliseconds,
 * allocates, and holds no lock meanwhile. What it finds is handed over to the sampling thread.
 */
final class GroupSearch {

    private static final PidMap<Object> NO_MEMBERS = new PidMap<>();

    private final TreeSession session;
    private final ProcessTree group;
    private final ProcessReader reader;
    private final Kinship kinship = new Kinship();
    private final Census census = new Census();
    private final StatLine line = new StatLine();
    private final List<Signals.Victim> living = new ArrayList<>();
    private final List<ProcessIdentity> found = new ArrayList<>();

    GroupSearch(TreeSession session, ProcessTree group, ProcessReader reader) {
        this.session = session;
        this.group = group;
        this.reader = reader;
    }

    /** Returns the living members; zombies are not among them. */
    List<Signals.Victim> run() {
        living.clear();
        found.clear();
        kinship.clear();
        census.clear();
        Machine machine = session.machine();
        PidLaps.Look before = session.lastLook();
        census.takeAll(machine.proc(), reader, line, NO_MEMBERS);
        Map<Long, KnownMember> known = new HashMap<>();
        for (KnownMember member : group.known()) {
            known.put(member.identity().pid(), member);
        }
        for (int row = 0; row < census.count(); row++) {
            KnownMember member = known.get(census.pid(row));
            if (member != null && member.identity().startTicks() == census.start(row)) {
                known.remove(census.pid(row));
                take(row);
                holdIf(row, member.ownedSession() == census.session(row), member.ownedGroup() == census.group(row));
            }
        }
        boolean anyGone = group.everLost() || !known.isEmpty();
        claimGone(known, before);
        spread();
        if (anyGone && takeOrphans(machine)) {
            spread();
        }
        group.arrive(found);
        return List.copyOf(living);
    }

    /** Members that are known and not there any more: their ids prove kinship until they are given out again. */
    private void claimGone(Map<Long, KnownMember> gone, PidLaps.Look before) {
        long now =
                before.cursor() < 0 ? -1 : PidCursor.readOnce(session.machine().proc());
        if (now < 0 || session.laps().possibleSince(before.atNanos())) {
            return;
        }
        for (long pid : gone.keySet()) {
            if (!PidCursor.passed(pid, before.cursor(), now)) {
                kinship.departed(group, pid);
            }
        }
        session.lock().lock();
        try {
            session.departed().claimIn(kinship, group, before.cursor(), now);
        } finally {
            session.lock().unlock();
        }
    }

    private void spread() {
        boolean any = true;
        while (any) {
            any = false;
            for (int row = 0; row < census.count(); row++) {
                if (!census.taken(row)
                        && kinship.groupOf(census.parent(row), census.session(row), census.group(row), reader)
                                != null) {
                    takeFound(row);
                    any = true;
                }
            }
        }
    }

    private boolean takeOrphans(Machine machine) {
        Orphans orphans = new Orphans(machine, reader);
        ProcessTree[] only = {group};
        boolean any = false;
        for (int row = 0; row < census.count(); row++) {
            if (!census.taken(row)
                    && orphans.groupOf(census.pid(row), census.parent(row), census.start(row), only, Long.MIN_VALUE)
                            != null) {
                takeFound(row);
                any = true;
            }
        }
        return any;
    }

    private void takeFound(int row) {
        take(row);
        found.add(new ProcessIdentity(census.pid(row), census.start(row)));
        holdIf(row, kinship.belongs(census.session(row), group), kinship.belongs(census.group(row), group));
    }

    private void take(int row) {
        census.take(row);
        kinship.member(group, census.pid(row), census.start(row));
        if (census.alive(row)) {
            living.add(new Signals.Victim(
                    new ProcessIdentity(census.pid(row), census.start(row)),
                    census.residentPages(row) * session.machine().pageBytes()));
        }
    }

    private void holdIf(int row, boolean ownSession, boolean ownGroup) {
        if (ownSession) {
            kinship.held(group, census.session(row), census.pid(row), census.start(row));
        }
        if (ownGroup) {
            kinship.held(group, census.group(row), census.pid(row), census.start(row));
        }
    }
}
