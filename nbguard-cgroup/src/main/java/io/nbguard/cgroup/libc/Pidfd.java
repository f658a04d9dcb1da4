package io.nbguard.cgroup.libc;

/**
 * Handles of processes (pidfd_open(2), Linux 5.3). One stands for one process and never for a later one with its id; it is closed
 * by {@link LinuxCalls#close}.
 */
public final class Pidfd {

    private Pidfd() {}

    /** Opens one; returns -1 if there is no such process, or the kernel has none of them or refuses them. */
    public static int open(long pid) {
        return (int) LinuxCalls.syscall(LinuxCalls.PIDFD_OPEN, pid, 0, 0, 0);
    }

    /** Sends a signal to the process; returns whether it was sent. */
    public static boolean signal(int pidfd, int signal) {
        return LinuxCalls.syscall(LinuxCalls.PIDFD_SEND_SIGNAL, pidfd, signal, 0, 0) == 0;
    }

    /** Sends a signal to the process group that the process leads (Linux 6.9); returns whether it was sent. */
    public static boolean signalGroup(int pidfd, int signal) {
        return LinuxCalls.syscall(LinuxCalls.PIDFD_SEND_SIGNAL, pidfd, signal, 0, LinuxCalls.PIDFD_SIGNAL_PROCESS_GROUP)
                == 0;
    }

    /**
     * Gives back the memory of a process that was killed, with our CPU time (process_mrelease(2), Linux 5.15); does nothing to
     * one that is not dying. Returns whether all of it was; if not, the error says why.
     */
    public static boolean release(int pidfd) {
        return LinuxCalls.syscall(LinuxCalls.PROCESS_MRELEASE, pidfd, 0, 0, 0) == 0;
    }
}
