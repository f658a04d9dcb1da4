package io.nbguard.cgroup.process;

import com.sun.jna.Native;
import java.io.File;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Lets a process that was killed run before others, so that its memory comes back sooner. Its last thread takes its memory
 * apart, some 30 ms of work for a gigabyte of small pages; at an ordinary priority that thread waits for its turn among
 * all who are busy, and holds locks meanwhile that whoever helps it needs. It runs nothing of its own any more: what
 * gets real-time priority here is the kernel's work alone, for as long as dying takes. It is below the priority of nbguard's own
 * thread ({@link ThreadPriority}), so watching goes on, and the kernel keeps a twentieth of the time for everybody else.
 *
 * <p>Takes CAP_SYS_NICE; without that nothing happens. For any thread.
 */
final class ExitPriority {

    /** The lowest priority of real-time threads, above every ordinary thread. */
    static final int REAL_TIME = 1;

    /** One process is not worth more calls than this: what takes its memory apart is one thread, most often the first. */
    private static final int MOST_THREADS = 256;

    private final NativeMemory realTime = parameters(REAL_TIME);
    private final NativeMemory ordinary = parameters(0);

    private static NativeMemory parameters(int priority) {
        NativeMemory memory = new NativeMemory(4);
        memory.buffer().putInt(0, priority);
        return memory;
    }

    /**
     * Raises the priority of all threads of a process that was sent SIGKILL.
     *
     * <p>A thread is named by its id, and there is no handle for it; so it is looked at afterwards once more: an id that the
     * process still has was its thread's all the time. One that it no longer has is given an ordinary thread's priority again, whoever
     * may have that id by now.
     *
     * @param descriptor a pidfd of the process
     */
    void raise(long pid, int descriptor) {
        File threads = threadsOf(pid);
        long[] ids = ids(threads);
        for (long id : ids) {
            if (LinuxCalls.sched_setscheduler((int) id, LinuxCalls.SCHED_RR, realTime.address()) != 0
                    && Native.getLastError() == LinuxCalls.EPERM) {
                return;
            }
        }
        for (long id : ids) {
            if (!has(threads, id) || !holdsItsId(descriptor)) {
                LinuxCalls.sched_setscheduler((int) id, LinuxCalls.SCHED_OTHER, ordinary.address());
            }
        }
    }

    /** Loads what {@link #raise} needs, and changes nothing. */
    void rehearse() {
        long self = ProcessHandle.current().pid();
        File threads = threadsOf(self);
        for (long id : ids(threads)) {
            if (has(threads, id)) {
                LinuxCalls.sched_getscheduler((int) id);
            }
        }
    }

    private static File threadsOf(long pid) {
        return new File("/proc/" + pid + "/task");
    }

    private static long[] ids(File threads) {
        String @Nullable [] names = threads.list();
        return names == null
                ? new long[0]
                : Arrays.stream(names)
                        .limit(MOST_THREADS)
                        .mapToLong(Long::parseLong)
                        .toArray();
    }

    private static boolean has(File threads, long id) {
        return new File(threads, Long.toString(id)).exists();
    }

    /** Returns whether the process has not been reaped: until then its id is nobody else's, and so is the path to its threads. */
    private static boolean holdsItsId(int descriptor) {
        return LinuxCalls.syscall(LinuxCalls.PIDFD_SEND_SIGNAL, descriptor, 0, 0, 0) == 0;
    }
}
