package io.nbguard.cgroup.process;

/**
 * System calls by JNA's direct mapping ({@link CLibrary}). Arguments are plain numbers and memory is passed by its address: a call
 * allocates nothing. Using this class fails with a {@link LinkageError} where JNA cannot load; {@link NativeAccess}
 * asks first.
 */
final class LinuxCalls {

    /** {@code pidfd_send_signal}; these three have the same number on every architecture. */
    static final long PIDFD_SEND_SIGNAL = 424;

    static final long PIDFD_OPEN = 434;
    static final long PROCESS_MRELEASE = 448;

    /** {@code getdents64} has a number for each architecture; -1 where it is not known here. */
    static final long GETDENTS64 =
            switch (System.getProperty("os.arch", "")) {
                case "amd64", "x86_64" -> 217;
                case "aarch64", "riscv64" -> 61;
                default -> -1;
            };

    /** Makes {@link #PIDFD_SEND_SIGNAL} signal the process group that the process leads (Linux 6.9). */
    static final long PIDFD_SIGNAL_PROCESS_GROUP = 4;

    static final int SIGKILL = 9;
    static final int SIGCONT = 18;
    static final int SIGSTOP = 19;

    static final int PR_GET_CHILD_SUBREAPER = 37;

    static final int O_RDONLY = 0;
    static final int O_CLOEXEC = 0x80000;
    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int ESRCH = 3;
    static final int EAGAIN = 11;

    static final int PRIO_PROCESS = 0;
    static final int RLIMIT_NICE = 13;

    static final int SCHED_OTHER = 0;
    static final int SCHED_RR = 2;
    static final int SCHED_RESET_ON_FORK = 0x40000000;

    static {
        CLibrary.bind(LinuxCalls.class);
    }

    private LinuxCalls() {}

    static native int clock_gettime(int clock, long timespecAddress);

    static native int prctl(int option, long second, long third, long fourth, long fifth);

    static native int open(long pathAddress, int flags);

    static native long pread(int descriptor, long bufferAddress, long count, long offset);

    static native int close(int descriptor);

    static native int getpriority(int which, int who);

    static native int setpriority(int which, int who, int nice);

    static native int sched_setscheduler(int process, int policy, long parametersAddress);

    static native int sched_getscheduler(int process);

    static native int getrlimit(int resource, long rlimitAddress);

    static native long syscall(long number, long first, long second, long third, long fourth);
}
