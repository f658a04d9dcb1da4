package io.nbguard.cgroup.process;

import io.nbguard.spi.ProcessIdentity;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Stops a group's members by SIGSTOP, and lets exactly those go on that it stopped: who was stopped before by somebody
 * else stays so. The root is never stopped: it is the supervisor, which does next to nothing, and which must end the tree
 * when the host dies, above all one that stands still. A member that was being forked goes on until the next sample.
 *
 * <p>For any thread.
 */
final class Freezer {

    private final ProcSession session;
    private final ProcGroup group;

    /** Held while signals go out, so that none is stopped behind the back of {@link #thaw}. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Set<ProcessIdentity> stopped = new HashSet<>();
    private volatile boolean frozen;
    private boolean closed;

    Freezer(ProcSession session, ProcGroup group) {
        this.session = session;
        this.group = group;
    }

    /** Stops who is known; returns whether there is anybody, and members can be stopped here. */
    boolean freeze() {
        if (!session.signals().canStop()) {
            return false;
        }
        ProcessReader reader = session.machine().borrowReader();
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            // First, so that who joins while the others are stopped is not missed.
            frozen = true;
            boolean any = false;
            for (ProcGroup.Known known : group.known()) {
                any |= stop(known.identity(), reader);
            }
            return any;
        } finally {
            lock.unlock();
            session.machine().spareReaders().add(reader);
        }
    }

    boolean isFrozen() {
        return frozen;
    }

    /** Stops one that became a member while the group is frozen. */
    void joined(ProcessIdentity member) {
        ProcessReader reader = session.machine().borrowReader();
        lock.lock();
        try {
            if (frozen) {
                stop(member, reader);
            }
        } finally {
            lock.unlock();
            session.machine().spareReaders().add(reader);
        }
    }

    /** Returns whether it stands still now. */
    private boolean stop(ProcessIdentity member, ProcessReader reader) {
        @Nullable ProcessIdentity root = group.root().orElse(null);
        if (member.equals(root)) {
            return false;
        }
        Signals.Stop came = session.signals().stop(member, reader);
        if (came == Signals.Stop.DONE) {
            stopped.add(member);
        }
        return came != Signals.Stop.GONE;
    }

    /** Lets those go on that were stopped here. */
    void thaw() {
        if (!frozen) {
            return;
        }
        ProcessReader reader = session.machine().borrowReader();
        lock.lock();
        try {
            frozen = false;
            for (ProcessIdentity member : stopped) {
                session.signals().resume(member, reader);
            }
            stopped.clear();
        } finally {
            lock.unlock();
            session.machine().spareReaders().add(reader);
        }
    }

    /** Lets everybody go on, whoever stopped them. */
    void resumeAll() {
        thaw();
        ProcessReader reader = session.machine().borrowReader();
        try {
            for (ProcGroup.Known known : group.known()) {
                session.signals().resume(known.identity(), reader);
            }
        } finally {
            session.machine().spareReaders().add(reader);
        }
    }

    /** Thaws for the last time. */
    void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        thaw();
    }
}
