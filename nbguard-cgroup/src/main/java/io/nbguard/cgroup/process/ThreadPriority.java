package io.nbguard.cgroup.process;

import io.nbguard.cgroup.libc.LinuxCalls;
import io.nbguard.cgroup.libc.NativeMemory;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The calling thread's place in the queue for a core. With {@code SCHED_RR} (sched(7)) it runs the moment it wakes, and a
 * notebook that keeps every core busy does not push it aside in the final approach; without that, ten steps of nice
 * (setpriority(2); on Linux it is a thread's own, whatever POSIX says) are ten times the share of a busy core.
 *
 * <p>The thread sleeps almost always, spins for 6 ms at a time and 20 ms in a second at most, and what it forks or starts is
 * an ordinary thread again ({@code SCHED_RESET_ON_FORK}).
 */
final class ThreadPriority {

    private static final int WANTED = -10;

    /** Above every other thread, but for the few of a machine that are real-time themselves, and above {@link ExitPriority}. */
    private static final int OWN_REAL_TIME = ExitPriority.REAL_TIME + 1;

    /** With a limit of RLIMIT_NICE of n, a thread may go down to 20 - n. */
    private static final int NICE_OF_LIMIT_ZERO = 20;

    private static final String CURE =
            "; start the container with --cap-add SYS_NICE or --ulimit nice=30 (systemd: LimitNICE=-10)";

    private ThreadPriority() {}

    /** Raises the calling thread's priority as far as it may go; returns what came of it, for a person. */
    static String raise(Machine machine) {
        if (machine.priority() == PrioritySetting.Wish.NONE) {
            return "no priority: " + PrioritySetting.PRIORITY + " = none";
        }
        NativeAccess calls = machine.calls();
        if (!calls.available()) {
            return "no priority: " + calls.reason();
        }
        if (isVirtual()) {
            return "no priority: a virtual thread has none";
        }
        if (machine.priority() == PrioritySetting.Wish.REAL_TIME && isRealTimeGranted()) {
            return "real-time priority (SCHED_RR " + OWN_REAL_TIME + ")";
        }
        // Who 0 is the calling thread.
        int before = LinuxCalls.getpriority(LinuxCalls.PRIO_PROCESS, 0);
        if (before <= WANTED) {
            return "nice " + before + ", as it was" + amongWhom(machine);
        }
        if (set(WANTED)) {
            return "nice " + WANTED + amongWhom(machine);
        }
        int lowest = lowestPermitted();
        if (lowest < before && set(lowest)) {
            return "nice " + lowest + amongWhom(machine) + ": RLIMIT_NICE permits no less" + CURE;
        }
        return "no priority, nice " + before + ": needs CAP_SYS_NICE or a higher RLIMIT_NICE" + CURE;
    }

    /** It takes CAP_SYS_NICE or RLIMIT_RTPRIO; some kernels want a share of real time for the cgroup besides. */
    private static boolean isRealTimeGranted() {
        NativeMemory parameters = ExitPriority.parameters(OWN_REAL_TIME);
        int policy = LinuxCalls.SCHED_RR | LinuxCalls.SCHED_RESET_ON_FORK;
        // Process 0 is the calling thread. Some C libraries refuse the call, because POSIX means a whole process by it.
        return LinuxCalls.sched_setscheduler(0, policy, parameters.address()) == 0
                && LinuxCalls.sched_getscheduler(0) == policy;
    }

    /** What a virtual thread asks for would be its carrier's. */
    private static boolean isVirtual() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        return group != null && group.getName().equals("VirtualThreads");
    }

    private static boolean set(int nice) {
        return LinuxCalls.setpriority(LinuxCalls.PRIO_PROCESS, 0, nice) == 0
                && LinuxCalls.getpriority(LinuxCalls.PRIO_PROCESS, 0) == nice;
    }

    private static int lowestPermitted() {
        NativeMemory limits = new NativeMemory(16);
        if (LinuxCalls.getrlimit(LinuxCalls.RLIMIT_NICE, limits.address()) != 0) {
            return Integer.MAX_VALUE;
        }
        // Unlimited is all ones.
        long soft = limits.buffer().getLong(0);
        return soft < 0 || soft > 40 ? WANTED : (int) Math.max(WANTED, NICE_OF_LIMIT_ZERO - soft);
    }

    /**
     * With autogroups (sched(7)) a core is shared out among sessions first, and nice counts only within one. They are for
     * processes that are in no cgroup of the cpu controller's; whether this is one cannot be seen from inside a container.
     */
    private static String amongWhom(Machine machine) {
        try {
            String enabled =
                    ProcFiles.text(machine.proc().resolve(Path.of("sys", "kernel", "sched_autogroup_enabled")));
            return enabled.strip().equals("1")
                    ? " (outside of cpu cgroups among this session's processes only: sched_autogroup_enabled is 1)"
                    : "";
        } catch (IOException e) {
            // A kernel without autogroups.
            return "";
        }
    }
}
