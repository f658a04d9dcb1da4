package io.nbguard.cgroup.process;

import io.nbguard.spi.process.FreezeReason;
import io.nbguard.spi.process.ProcessIdentity;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Stops a group's members by SIGSTOP while there is a hold, and lets exactly those go on that it stopped: what was stopped
 * before from elsewhere stays so. The root is never stopped: it is the supervisor, which does next to nothing, and which
 * must end the tree when the host dies, above all one that stands still. A member that was being forked goes on until the
 * next sample.
 *
 * <p>For any thread.
 */
final class Freezer {

    private final TreeSession session;
    private final ProcessTree group;

    /** Held while signals go out, so that none is stopped behind the back of {@link #thaw}. */
    private final ReentrantLock lock = new ReentrantLock();

    private final FreezeHolds holds = new FreezeHolds();
    private final Set<ProcessIdentity> stopped = new HashSet<>();
    private boolean closed;

    Freezer(TreeSession session, ProcessTree group) {
        this.session = session;
        this.group = group;
    }

    /** Adds a hold and stops all known members; returns whether there is a hold: not where members cannot be stopped. */
    boolean freeze(FreezeReason why) {
        if (!session.signals().canStop()) {
            return false;
        }
        ProcessReader reader = session.machine().borrowReader();
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            // First, so that what joins while the others are stopped is not missed.
            holds.add(why);
            stopAll(reader);
            return true;
        } finally {
            lock.unlock();
            session.machine().spareReaders().add(reader);
        }
    }

    Set<FreezeReason> holds() {
        return holds.reasons();
    }

    boolean isFrozen() {
        return !holds.isEmpty();
    }

    /** Stops one that became a member while the group is frozen. */
    void joined(ProcessIdentity member) {
        ProcessReader reader = session.machine().borrowReader();
        lock.lock();
        try {
            if (isFrozen()) {
                stop(member, reader);
            }
        } finally {
            lock.unlock();
            session.machine().spareReaders().add(reader);
        }
    }

    private void stopAll(ProcessReader reader) {
        for (KnownMember known : group.known()) {
            stop(known.identity(), reader);
        }
    }

    private void stop(ProcessIdentity member, ProcessReader reader) {
        if (!isRoot(member) && session.signals().stop(member, reader) == Signals.Stop.DONE) {
            stopped.add(member);
        }
    }

    private boolean isRoot(ProcessIdentity member) {
        @Nullable ProcessIdentity root = group.root().orElse(null);
        return member.equals(root);
    }

    /** Releases a hold; after the last, those go on that were stopped here. */
    void thaw(FreezeReason why) {
        if (!holds.has(why)) {
            return;
        }
        ProcessReader reader = session.machine().borrowReader();
        lock.lock();
        try {
            holds.remove(why);
            if (!isFrozen()) {
                resumeStopped(reader);
            }
        } finally {
            lock.unlock();
            session.machine().spareReaders().add(reader);
        }
    }

    private void resumeStopped(ProcessReader reader) {
        for (ProcessIdentity member : stopped) {
            session.signals().resume(member, reader);
        }
        stopped.clear();
    }

    /**
     * Without a hold, lets every member go on, whatever has stopped it. With one, lets the root go on and stops the others,
     * which all go on with the last hold, whatever had stopped them before.
     */
    void applyHolds() {
        ProcessReader reader = session.machine().borrowReader();
        lock.lock();
        try {
            for (KnownMember known : group.known()) {
                ProcessIdentity member = known.identity();
                if (!isFrozen() || isRoot(member)) {
                    session.signals().resume(member, reader);
                } else if (session.signals().stop(member, reader) != Signals.Stop.GONE) {
                    stopped.add(member);
                }
            }
        } finally {
            lock.unlock();
            session.machine().spareReaders().add(reader);
        }
    }

    /** Releases all holds for the last time. */
    void close() {
        ProcessReader reader = session.machine().borrowReader();
        lock.lock();
        try {
            closed = true;
            holds.clear();
            resumeStopped(reader);
        } finally {
            lock.unlock();
            session.machine().spareReaders().add(reader);
        }
    }
}
