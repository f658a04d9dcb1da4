package io.nbguard.cgroup.leaf;

import io.nbguard.cgroup.libc.LinuxCalls;
import io.nbguard.cgroup.libc.Pidfd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What can be done to a cgroup with all that is below it: its processes may make groups of their own there. For any thread,
 * interrupted or not.
 *
 * @param path its directory
 */
record Group(Path path) {

    /**
     * More descriptors than this are not worth opening: a process that holds much is among the first, or released by the next
     * try.
     */
    private static final int MOST_RELEASED = 256;

    private static final long ONE_BY_ONE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long PAUSE_NANOS = 200_000;

    /** Returns the ids of all living processes in it and below; 0 for one that this PID namespace does not show. */
    List<Long> pids() {
        List<Long> pids = new ArrayList<>();
        collect(path, pids);
        return pids;
    }

    private static void collect(Path group, List<Long> into) {
        try {
            into.addAll(ControlFile.pids(group));
        } catch (IOException e) {
            // Gone, or threaded: the processes of a threaded group are listed above it.
            if (!Files.isDirectory(group)) {
                return;
            }
        }
        if (ControlFile.number(group.resolve("cgroup.stat"), "nr_descendants") != 0) {
            ControlFile.children(group).forEach(child -> collect(child, into));
        }
    }

    /** Returns whether any process lives in it or below. */
    boolean isPopulated() {
        return ControlFile.number(path.resolve("cgroup.events"), "populated") == 1;
    }

    /**
     * Sends SIGKILL to all members in one operation, those included that are being forked, and gives back their memory.
     *
     * @return how many lived
     */
    int kill() {
        List<Long> pids = pids();
        if (!ControlFile.tryWrite(path.resolve("cgroup.kill"), "1")) {
            killOneByOne();
        }
        // Dying needs CPU that others may have: give the memory back with ours. An id that is another's by now does no
        // harm, as only what is dying can be released.
        for (long pid : pids.subList(0, Math.min(pids.size(), MOST_RELEASED))) {
            int pidfd = pid == 0 ? -1 : Pidfd.open(pid);
            if (pidfd >= 0) {
                Pidfd.release(pidfd);
                LinuxCalls.close(pidfd);
            }
        }
        return pids.size();
    }

    /** Before Linux 5.14: frozen processes cannot fork, and can be killed. */
    void killOneByOne() {
        ControlFile.tryWrite(path.resolve("cgroup.freeze"), "1");
        try {
            long begin = System.nanoTime();
            for (List<Long> pids = pids(); !pids.isEmpty(); pids = pids()) {
                pids.forEach(pid -> signalMember(pid, LinuxCalls.SIGKILL));
                if (System.nanoTime() - begin > ONE_BY_ONE_NANOS) {
                    return;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } finally {
            ControlFile.tryWrite(path.resolve("cgroup.freeze"), "0");
        }
    }

    /** Lets all its processes go on that a signal has stopped. */
    void resume() {
        pids().forEach(pid -> signalMember(pid, LinuxCalls.SIGCONT));
    }

    private void signalMember(long pid, int signal) {
        int pidfd = pid <= 1 || pid == ProcessHandle.current().pid() ? -1 : Pidfd.open(pid);
        if (pidfd < 0) {
            return;
        }
        // Asked after the descriptor was opened: if it is a member now, the descriptor is of that member.
        if (pids().contains(pid)) {
            Pidfd.signal(pidfd, signal);
        }
        LinuxCalls.close(pidfd);
    }

    /**
     * Waits until no process lives in it.
     *
     * @return whether that is so
     * @throws InterruptedException if this thread is interrupted meanwhile
     */
    boolean awaitEmpty(long nanos) throws InterruptedException {
        long begin = System.nanoTime();
        try (GroupEvents events = new GroupEvents(path)) {
            while (true) {
                String text = events.read();
                if (text == null || text.contains("populated 0")) {
                    return true;
                }
                long left = nanos - (System.nanoTime() - begin);
                if (left <= 0) {
                    return false;
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                // Woken by the kernel; looks again all the same, so that an interrupt is not kept waiting.
                events.await((int) Math.max(1, Math.min(50, TimeUnit.NANOSECONDS.toMillis(left))));
            }
        }
    }

    /** Removes it and every group below, if no process lives there; returns whether it has gone. */
    boolean remove() {
        ControlFile.children(path).forEach(child -> new Group(child).remove());
        return path.toFile().delete() || !path.toFile().exists();
    }

    /** Kills its processes, waits for their end for some seconds, and removes it; returns whether it has gone. */
    boolean killAndRemove() {
        boolean interrupted = false;
        try {
            if (isPopulated()) {
                kill();
                awaitEmpty(TimeUnit.SECONDS.toNanos(10));
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        boolean gone = remove();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return gone;
    }
}
