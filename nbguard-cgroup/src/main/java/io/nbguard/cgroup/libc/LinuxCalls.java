package io.nbguard.cgroup.libc;

/**
 * System calls by JNA's direct mapping ({@link CLibrary}). Arguments are plain numbers and memory is passed by its address: a call
 * allocates nothing. The meaning of each call, and
 * of its errors ({@link com.sun.jna.Native#getLastError}), is in its manual page.
 */
public final class LinuxCalls {

    /** {@code pidfd_send_signal}; these three have the same number on every architecture. */
    public static final long PIDFD_SEND_SIGNAL = 424;

    public static final long PIDFD_OPEN = 434;
    public static final long PROCESS_MRELEASE = 448;

    /** {@code getdents64} has a number for each architecture; -1 where it is not known here. */
    public static final long GETDENTS64 =
            switch (System.getProperty("os.arch", "")) {
                case "amd64", "x86_64" -> 217;
                case "aarch64", "riscv64" -> 61;
                default -> -1;
            };

    /** Makes {@link #PIDFD_SEND_SIGNAL} signal the process group that the process leads (Linux 6.9). */
    public static final long PIDFD_SIGNAL_PROCESS_GROUP = 4;

    public static final int SIGKILL = 9;
    public static final int SIGCONT = 18;
    public static final int SIGSTOP = 19;

    public static final int LOCK_EX = 2;
    public static final int LOCK_NB = 4;
    public static final short POLLPRI = 2;

    public static final int PR_GET_CHILD_SUBREAPER = 37;

    public static final int O_RDONLY = 0;
    public static final int O_CLOEXEC = 0x80000;
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EAGAIN = 11;

    public static final int PRIO_PROCESS = 0;
    public static final int RLIMIT_NICE = 13;

    public static final int SCHED_OTHER = 0;
    public static final int SCHED_RR = 2;
    public static final int SCHED_RESET_ON_FORK = 0x40000000;

    static {
        CLibrary.bind(LinuxCalls.class);
    }

    private LinuxCalls() {}

    public static native int clock_gettime(int clock, long timespecAddress);

    public static native int prctl(int option, long second, long third, long fourth, long fifth);

    public static native int open(long pathAddress, int flags);

    public static native long pread(int descriptor, long bufferAddress, long count, long offset);

    public static native int close(int descriptor);

    public static native int flock(int descriptor, int operation);

    public static native int poll(long pollfdAddress, long count, int timeoutMillis);

    public static native int getpriority(int which, int who);

    public static native int setpriority(int which, int who, int nice);

    public static native int sched_setscheduler(int process, int policy, long parametersAddress);

    public static native int sched_getscheduler(int process);

    public static native int sched_setaffinity(int process, long bytes, long maskAddress);

    public static native int getrlimit(int resource, long rlimitAddress);

    public static native long syscall(long number, long first, long second, long third, long fourth);
}
