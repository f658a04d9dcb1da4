package io.nbguard.cgroup.process;

import io.nbguard.spi.ProcessIdentity;
import java.util.List;

/**
 * Signals through a pidfd (pidfd_open(2), Linux 5.3), which stands for one process and never for a later one with its
 * id. The start time is looked at after the pidfd was opened: if it is right, the pidfd is of that process, and if that
 * has gone since, the signal goes nowhere.
 *
 * <p>A member that leads a session and its process group takes the whole process group with it, in one call: nothing can
 * be forked out of it meanwhile. Who is in a session that a member began descends from that member.
 */
final class PidfdSignals implements Signals {

    private static final int SIGKILL = 9;

    /** Giving back less than this is done before it is worth a call. */
    private static final long WORTH_RELEASING = 64L << 20;

    /** Returns whether the kernel has pidfds and lets us use them: some containers' seccomp profiles do not. */
    static boolean usable() {
        int descriptor = open(ProcessHandle.current().pid());
        if (descriptor < 0) {
            return false;
        }
        LinuxCalls.close(descriptor);
        return true;
    }

    @Override
    public void kill(List<Victim> victims, ProcessReader reader) {
        StatLine line = new StatLine();
        int[] heavy = new int[victims.size()];
        int count = 0;
        for (Victim victim : victims) {
            int descriptor = signalled(victim.identity(), reader, line);
            if (descriptor >= 0 && victim.residentBytes() >= WORTH_RELEASING) {
                heavy[count++] = descriptor;
            } else if (descriptor >= 0) {
                LinuxCalls.close(descriptor);
            }
        }
        // Dying needs CPU that others may have: give the memory back with ours. From another thread it comes too late.
        for (int i = 0; i < count; i++) {
            LinuxCalls.syscall(LinuxCalls.PROCESS_MRELEASE, heavy[i], 0, 0, 0);
            LinuxCalls.close(heavy[i]);
        }
    }

    /** Returns the pidfd of the process that was signalled, or -1. */
    private static int signalled(ProcessIdentity identity, ProcessReader reader, StatLine line) {
        if (Signals.isForbidden(identity.pid())) {
            return -1;
        }
        int descriptor = open(identity.pid());
        if (descriptor < 0) {
            return -1;
        }
        if (reader.is(identity.pid(), identity.startTicks(), line)) {
            boolean leads =
                    line.session() == identity.pid() && line.group() == identity.pid() && !isOwnGroup(line, reader);
            if ((leads && send(descriptor, LinuxCalls.PIDFD_SIGNAL_PROCESS_GROUP)) || send(descriptor, 0)) {
                return descriptor;
            }
        }
        LinuxCalls.close(descriptor);
        return -1;
    }

    /** A guard that runs inside a notebook is in that notebook's process group. */
    private static boolean isOwnGroup(StatLine line, ProcessReader reader) {
        long group = line.group();
        return reader.read(ProcessHandle.current().pid(), line) != ProcessReader.Look.FOUND || line.group() == group;
    }

    private static boolean send(int descriptor, long flags) {
        return LinuxCalls.syscall(LinuxCalls.PIDFD_SEND_SIGNAL, descriptor, SIGKILL, 0, flags) == 0;
    }

    private static int open(long pid) {
        return (int) LinuxCalls.syscall(LinuxCalls.PIDFD_OPEN, pid, 0, 0, 0);
    }
}
