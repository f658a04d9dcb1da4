package io.nbguard.cgroup.process;

import io.nbguard.spi.process.ProcessIdentity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Ends a group. The heaviest member goes first, because memory is mostly what it is about; the root goes only when no
 * other member lives: it may be the subreaper to which orphans come, and while it lives they can be found.
 *
 * <p>For any thread, interrupted or not.
 */
final class TreeKill {

    private static final long SHORTEST_PAUSE_NANOS = 1_000_000;
    private static final long LONGEST_PAUSE_NANOS = 50_000_000;

    private static final Comparator<Signals.Victim> HEAVIEST_FIRST =
            Comparator.comparingLong(Signals.Victim::residentBytes).reversed();

    private final TreeSession session;
    private final ProcessTree group;

    TreeKill(TreeSession session, ProcessTree group) {
        this.session = session;
        this.group = group;
    }

    /**
     * Kills the known members, which takes microseconds. Only if none of them lives, or the root alone, is the machine
     * searched, which takes milliseconds; only if the search finds no member is the root killed. If no process was started
     * since the last tick, there is nothing to search for.
     */
    int kill() {
        ProcessReader reader = session.machine().borrowReader();
        try {
            int known = killKnown(reader);
            if (known > 0) {
                return known;
            }
            List<Signals.Victim> living = killOthers(reader);
            if (!othersAmong(living)) {
                session.signals().kill(living, reader);
            }
            return living.size();
        } finally {
            session.machine().spareReaders().add(reader);
        }
    }

    /** Kills the known members, as far as that can be done without a search; returns how many lived, 0 if it takes one. */
    int killKnown(ProcessReader reader) {
        int others = session.signals().kill(knownOthers(), reader);
        if (others > 0) {
            return others + (rootLives(reader) ? 1 : 0);
        }
        @Nullable ProcessIdentity root = group.root().orElse(null);
        return root != null && !group.hasArrivals() && session.knowsAll()
                ? session.signals().kill(List.of(new Signals.Victim(root, 0)), reader)
                : 0;
    }

    /** Returns all known members but the root, dead or alive, by what they held when they were last read, the heaviest first. */
    private List<Signals.Victim> knownOthers() {
        @Nullable ProcessIdentity root = group.root().orElse(null);
        List<Signals.Victim> others = new ArrayList<>();
        for (KnownMember known : group.known()) {
            if (!known.identity().equals(root)) {
                others.add(new Signals.Victim(known.identity(), known.residentBytes()));
            }
        }
        others.sort(HEAVIEST_FIRST);
        return others;
    }

    private boolean rootLives(ProcessReader reader) {
        @Nullable ProcessIdentity root = group.root().orElse(null);
        StatLine line = new StatLine();
        return root != null && reader.is(root.pid(), root.startTicks(), line) && line.alive();
    }

    boolean isEmpty() {
        ProcessReader reader = session.machine().borrowReader();
        try {
            StatLine line = new StatLine();
            for (KnownMember known : group.known()) {
                ProcessIdentity identity = known.identity();
                if (reader.is(identity.pid(), identity.startTicks(), line) && line.alive()) {
                    return false;
                }
            }
            return new GroupSearch(session, group, reader).run().isEmpty();
        } finally {
            session.machine().spareReaders().add(reader);
        }
    }

    boolean killAndConfirm(Duration rootGrace, Duration timeout) throws InterruptedException {
        ProcessReader reader = session.machine().borrowReader();
        try {
            return killAndConfirm(rootGrace, timeout, reader);
        } finally {
            session.machine().spareReaders().add(reader);
        }
    }

    private boolean killAndConfirm(Duration rootGrace, Duration timeout, ProcessReader reader)
            throws InterruptedException {
        long begin = System.nanoTime();
        long aloneSince = -1;
        boolean emptyBefore = false;
        while (true) {
            long roundBegin = System.nanoTime();
            List<Signals.Victim> living = killOthers(reader);
            long now = System.nanoTime();
            // Twice in a row: one that was being forked during the first search is there for the second.
            if (living.isEmpty() && emptyBefore) {
                return true;
            }
            emptyBefore = living.isEmpty();
            boolean late = now - begin >= timeout.toNanos();
            if (!living.isEmpty() && !othersAmong(living)) {
                noteTimeOf(living.get(0).identity(), reader);
                aloneSince = aloneSince < 0 ? now - begin : aloneSince;
                if (late || now - begin - aloneSince >= rootGrace.toNanos()) {
                    session.signals().kill(living, reader);
                }
            }
            if (late && !living.isEmpty()) {
                session.signals().kill(living, reader);
                return false;
            }
            pause(now - roundBegin);
        }
    }

    /** Kills every living member but the root, those first that are known already; returns all that lived, root included. */
    private List<Signals.Victim> killOthers(ProcessReader reader) {
        List<Signals.Victim> known = livingKnown(reader);
        signalOthers(known, Set.of(), reader);
        Set<ProcessIdentity> done = new HashSet<>();
        known.forEach(victim -> done.add(victim.identity()));
        List<Signals.Victim> all = new ArrayList<>(known);
        List<Signals.Victim> searched = new GroupSearch(session, group, reader).run();
        signalOthers(searched, done, reader);
        for (Signals.Victim victim : searched) {
            if (!done.contains(victim.identity())) {
                all.add(victim);
            }
        }
        return all;
    }

    private List<Signals.Victim> livingKnown(ProcessReader reader) {
        StatLine line = new StatLine();
        List<Signals.Victim> living = new ArrayList<>();
        for (KnownMember known : group.known()) {
            ProcessIdentity identity = known.identity();
            if (reader.is(identity.pid(), identity.startTicks(), line) && line.alive()) {
                living.add(new Signals.Victim(
                        identity, line.residentPages() * session.machine().pageBytes()));
            }
        }
        return living;
    }

    private void signalOthers(List<Signals.Victim> living, Set<ProcessIdentity> done, ProcessReader reader) {
        @Nullable ProcessIdentity root = group.root().orElse(null);
        List<Signals.Victim> victims = new ArrayList<>();
        for (Signals.Victim victim : living) {
            if (!victim.identity().equals(root) && !done.contains(victim.identity())) {
                victims.add(victim);
            }
        }
        victims.sort(HEAVIEST_FIRST);
        session.signals().kill(victims, reader);
    }

    private boolean othersAmong(List<Signals.Victim> living) {
        @Nullable ProcessIdentity root = group.root().orElse(null);
        return living.stream().anyMatch(victim -> !victim.identity().equals(root));
    }

    /** The root alone is left: its own time and its children's are the tree's, and can soon be read no more. */
    private void noteTimeOf(ProcessIdentity root, ProcessReader reader) {
        StatLine line = new StatLine();
        if (reader.is(root.pid(), root.startTicks(), line)) {
            group.atLeast(
                    (line.ownTicks() + line.childTicks()) * session.machine().nanosPerTick());
        }
    }

    private static void pause(long roundNanos) throws InterruptedException {
        // As long as a round takes, so that searching takes half a core at most.
        long nanos = Math.min(LONGEST_PAUSE_NANOS, Math.max(SHORTEST_PAUSE_NANOS, roundNanos));
        Thread.sleep(nanos / 1_000_000, (int) (nanos % 1_000_000));
    }
}
