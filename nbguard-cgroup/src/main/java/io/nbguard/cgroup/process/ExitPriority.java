package io.nbguard.cgroup.process;

import com.sun.jna.Native;
import io.nbguard.cgroup.libc.LinuxCalls;
import io.nbguard.cgroup.libc.NativeMemory;
import java.util.Arrays;
import java.util.Optional;

/**
 * Lets a process that was killed run before others, so that its memory comes back sooner. Its last thread takes its memory
 * apart, some 30 ms of work for a gigabyte of small pages; at an ordinary priority that thread waits for processor time among
 * all busy threads, and meanwhile holds locks that threads helping it need. It runs no code of its own any more: only the
 * kernel's work gets real-time priority here, for as long as dying takes. It is below the priority of nbguard's own thread
 * ({@link ThreadPriority}), so watching goes on, and the kernel keeps a twentieth of the time for all other threads.
 *
 * <p>A thread is named by its id, and there is no handle for it. So they are listed when the process has just been proved to
 * have its id, and raised at once after the signal: between the two there is no time for the kernel to give all ids out again
 * ({@link PidLaps}), hence an id is that thread's or no thread's.
 *
 * <p>Takes CAP_SYS_NICE; without that nothing happens. For any thread.
 */
final class ExitPriority {

    /** The lowest priority of real-time threads, above every ordinary thread. */
    static final int REAL_TIME = 1;

    /** One process is not worth more calls than this: what takes its memory apart is one thread, most often the first. */
    private static final int MOST_THREADS = 256;

    private final PidLaps laps;
    private final NativeMemory realTime = parameters(REAL_TIME);
    private final NativeMemory ordinary = parameters(0);

    private ExitPriority(PidLaps laps) {
        this.laps = laps;
    }

    /**
     * Makes one; empty where system calls cannot be made, or real-time priority is not wished.
     *
     * @param laps its clock is {@link System#nanoTime}
     */
    static Optional<ExitPriority> of(Machine machine, PidLaps laps) {
        return machine.calls().available() && machine.priority() == PrioritySetting.Wish.REAL_TIME
                ? Optional.of(new ExitPriority(laps))
                : Optional.empty();
    }

    /** Returns a {@code struct sched_param}. */
    static NativeMemory parameters(int priority) {
        NativeMemory memory = new NativeMemory(4);
        memory.buffer().putInt(0, priority);
        return memory;
    }

    /**
     * The threads of a process.
     *
     * @param ids as they are in {@code /proc/PID/task}
     * @param provedNanos when the process was proved to have its id, or a moment earlier
     */
    record Threads(int[] ids, long provedNanos) {}

    /**
     * Lists the threads of a process that is about to be sent SIGKILL.
     *
     * @param provedNanos when it was proved to have its id, or a moment earlier
     * @param reader of the calling thread
     */
    Threads threadsOf(long pid, long provedNanos, ProcessReader reader) {
        int[] ids = new int[MOST_THREADS];
        return new Threads(Arrays.copyOf(ids, reader.threads(pid, ids)), provedNanos);
    }

    /** Raises the priority of the threads of a process that was sent SIGKILL. */
    void raise(Threads threads) {
        int[] ids = threads.ids();
        for (int id : ids) {
            if (laps.possibleSince(threads.provedNanos())) {
                return;
            }
            if (LinuxCalls.sched_setscheduler(id, LinuxCalls.SCHED_RR, realTime.address()) != 0
                    && Native.getLastError() == LinuxCalls.EPERM) {
                return;
            }
            // This thread may have been held up between the two.
            if (laps.possibleSince(threads.provedNanos())) {
                LinuxCalls.sched_setscheduler(id, LinuxCalls.SCHED_OTHER, ordinary.address());
            }
        }
    }

    /** Goes the way of {@link #raise}, and changes nothing. */
    void warmUp(ProcessReader reader) {
        // So old that none of the ids can be trusted.
        long longAgo = System.nanoTime() - Integer.MAX_VALUE * 10L;
        Threads own = threadsOf(ProcessHandle.current().pid(), longAgo, reader);
        raise(own);
        if (own.ids().length > 0) {
            LinuxCalls.sched_getscheduler(own.ids()[0]);
        }
    }
}
