package io.nbguard.cgroup.process;

import io.nbguard.cgroup.libc.LinuxCalls;
import io.nbguard.cgroup.libc.NativeMemory;
import io.nbguard.cgroup.libc.Pidfd;
import io.nbguard.spi.process.GroupUsage;

/**
 * How a process ended that is no child of ours, by a pidfd that was opened while it lived: the kernel reports it once the
 * process was waited for (PIDFD_GET_INFO with PIDFD_INFO_EXIT, Linux 6.15). Sampling thread only; reading allocates nothing.
 */
final class ExitStatus {

    private static final int NONE = -1;

    /** {@code ioctl} has a number for each architecture; -1 where it is not known here. */
    private static final long IOCTL =
            switch (System.getProperty("os.arch", "")) {
                case "amd64", "x86_64" -> 16;
                case "aarch64", "riscv64" -> 29;
                default -> -1;
            };

    // _IOWR(0xFF, 11, struct pidfd_info) of the size that the first kernels with an exit status have.
    private static final long PIDFD_GET_INFO = 0xC040FF0BL;
    private static final int INFO_BYTES = 64;
    private static final int EXIT_CODE_AT = 60;
    private static final long PIDFD_INFO_EXIT = 1 << 3;

    private static final int FIRST_MAJOR = 6;
    private static final int FIRST_MINOR = 15;

    private final NativeMemory info = new NativeMemory(INFO_BYTES);
    private final StatLine line = new StatLine();

    /** Returns whether the kernel reports exit statuses. */
    static boolean isReported(Machine machine) {
        return machine.calls().available() && IOCTL > 0 && isReported(System.getProperty("os.version", ""));
    }

    /** Returns whether a kernel of this release reports exit statuses. */
    static boolean isReported(String release) {
        String[] parts = release.split("[^0-9]+", 3);
        try {
            int major = Integer.parseInt(parts[0]);
            return major > FIRST_MAJOR || (major == FIRST_MAJOR && Integer.parseInt(parts[1]) >= FIRST_MINOR);
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            return false;
        }
    }

    /** Opens a pidfd of a process that lives; returns -1 if that is not possible. */
    int open(long pid, long start, ProcessReader reader) {
        int descriptor = Pidfd.open(pid);
        if (descriptor >= 0 && !reader.is(pid, start, line)) {
            LinuxCalls.close(descriptor);
            return NONE;
        }
        return descriptor;
    }

    /** Returns how its process ended, as of wait(2); {@link GroupUsage#UNKNOWN_END} if it was not waited for yet. */
    int of(int descriptor) {
        info.buffer().putLong(0, PIDFD_INFO_EXIT);
        boolean answered = LinuxCalls.syscall(IOCTL, descriptor, PIDFD_GET_INFO, info.address(), 0) == 0
                && (info.buffer().getLong(0) & PIDFD_INFO_EXIT) != 0;
        return answered ? info.buffer().getInt(EXIT_CODE_AT) : GroupUsage.UNKNOWN_END;
    }
}
