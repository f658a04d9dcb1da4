package io.nbguard.cgroup.process;

import com.sun.jna.Native;
import io.nbguard.cgroup.libc.LinuxCalls;
import io.nbguard.cgroup.libc.Pidfd;
import io.nbguard.spi.process.ProcessIdentity;
import java.util.List;
import java.util.Optional;

/**
 * Signals through a pidfd (pidfd_open(2), Linux 5.3), which stands for one process and never for a later one with its
 * id. The start time is looked at after the pidfd was opened: if it is right, the pidfd is of that process, and if that
 * has gone since, the signal goes nowhere.
 *
 * <p>A member that leads a session and its process group takes the whole process group with it, in one call: nothing can
 * be forked out of it meanwhile. Every process of a session that a member began descends from that member.
 */
final class PidfdSignals implements Signals {

    private static final int NO_SIGNAL = 0;

    /** What the kernel calls a process that a signal stopped, and one that a debugger did. */
    private static final char STOPPED = 'T';

    private static final char TRACED = 't';

    /** Giving back less than this is done before it is worth a call. */
    private static final long WORTH_RELEASING = 64L << 20;

    /** An address range may be busy for a moment (EAGAIN): the rest is given back, and that is tried again. */
    private static final int RELEASE_ATTEMPTS = 3;

    /** After this, no further process's memory is given back here: the caller has other things to watch. */
    private static final long LONGEST_RELEASE_NANOS = 100_000_000;

    /**
     * Listing a process's threads takes up to a tenth of a millisecond, in which it and the victims after it go on running.
     */
    private static final int MOST_HASTENED = 4;

    private final long pageBytes;
    private final Optional<ExitPriority> exitPriority;

    /** Makes one; the machine must have its system calls. */
    PidfdSignals(Machine machine, PidLaps laps) {
        pageBytes = machine.pageBytes();
        exitPriority = ExitPriority.of(machine, laps);
    }

    /** Returns whether the kernel has pidfds and lets us use them: some containers' seccomp profiles do not. */
    static boolean usable() {
        int descriptor = Pidfd.open(ProcessHandle.current().pid());
        if (descriptor < 0) {
            return false;
        }
        LinuxCalls.close(descriptor);
        return true;
    }

    @Override
    public int kill(List<Victim> victims, ProcessReader reader) {
        StatLine line = new StatLine();
        int[] heavy = new int[victims.size()];
        int count = 0;
        int living = 0;
        for (int i = 0; i < victims.size(); i++) {
            Victim victim = victims.get(i);
            long now = System.nanoTime();
            int descriptor = proved(victim.identity(), reader, line);
            if (descriptor < 0) {
                continue;
            }
            living += line.alive() ? 1 : 0;
            long bytes = Math.max(victim.residentBytes(), line.residentPages() * pageBytes);
            boolean isHeavy = bytes >= WORTH_RELEASING;
            boolean isHastened = isHeavy && count < MOST_HASTENED && exitPriority.isPresent();
            boolean sent = isHastened
                    ? sendAndHasten(descriptor, line, now, reader, exitPriority.get())
                    : sendToAll(descriptor, LinuxCalls.SIGKILL, line, reader);
            if (sent && isHeavy) {
                heavy[count++] = descriptor;
            } else {
                LinuxCalls.close(descriptor);
            }
        }
        // When all are signalled: no victim goes on meanwhile, and memory that a living process shares is not
        // given back.
        long begin = System.nanoTime();
        for (int i = 0; i < count; i++) {
            if (System.nanoTime() - begin < LONGEST_RELEASE_NANOS) {
                release(heavy[i]);
            }
            LinuxCalls.close(heavy[i]);
        }
        return living;
    }

    /**
     * Gives a dying process's memory back on this thread, beside its own: dying needs CPU that others may have, and from
     * another thread it comes too late. Some 20 ms per GiB of small pages on an idle core. All other failures than EAGAIN
     * are final and harmless: its last thread has begun with it (ESRCH), it shares it with a process that lives, as between
     * vfork and exec (EINVAL), the kernel has no such call (ENOSYS), a seccomp profile refuses it (EPERM).
     */
    private static void release(int descriptor) {
        for (int attempt = 0; attempt < RELEASE_ATTEMPTS; attempt++) {
            if (Pidfd.release(descriptor) || Native.getLastError() != LinuxCalls.EAGAIN) {
                return;
            }
        }
    }

    @Override
    public Stop stop(ProcessIdentity process, ProcessReader reader) {
        StatLine line = new StatLine();
        int descriptor = proved(process, reader, line);
        if (descriptor < 0) {
            return Stop.GONE;
        }
        try {
            if (!line.alive()) {
                return Stop.GONE;
            }
            if (line.state() == STOPPED || line.state() == TRACED) {
                return Stop.STOOD;
            }
            return Pidfd.signal(descriptor, LinuxCalls.SIGSTOP) ? Stop.DONE : Stop.GONE;
        } finally {
            LinuxCalls.close(descriptor);
        }
    }

    @Override
    public void resume(ProcessIdentity process, ProcessReader reader) {
        int descriptor = proved(process, reader, new StatLine());
        if (descriptor >= 0) {
            Pidfd.signal(descriptor, LinuxCalls.SIGCONT);
            LinuxCalls.close(descriptor);
        }
    }

    @Override
    public boolean canStop() {
        return true;
    }

    @Override
    public void warmUp(ProcessReader reader) {
        StatLine line = new StatLine();
        int descriptor = Pidfd.open(ProcessHandle.current().pid());
        if (descriptor >= 0 && reader.read(ProcessHandle.current().pid(), line) == ProcessReader.Look.FOUND) {
            sendToAll(descriptor, NO_SIGNAL, line, reader);
            // Refused, because we are not dying.
            release(descriptor);
            exitPriority.ifPresent(priority -> priority.warmUp(reader));
        }
        LinuxCalls.close(descriptor);
    }

    /** Returns a pidfd of the process, and its stat line in {@code line}; -1 if it has gone or must not be signalled. */
    private static int proved(ProcessIdentity identity, ProcessReader reader, StatLine line) {
        if (Signals.isForbidden(identity.pid())) {
            return -1;
        }
        int descriptor = Pidfd.open(identity.pid());
        if (descriptor >= 0 && !reader.is(identity.pid(), identity.startTicks(), line)) {
            LinuxCalls.close(descriptor);
            return -1;
        }
        return descriptor;
    }

    /**
     * Signals the process and raises its priority, so that it runs before others. Its threads are listed before, because after the signal there is no
     * time: when its last thread has begun to take its memory apart, {@link #release} comes too late.
     */
    private static boolean sendAndHasten(
            int descriptor, StatLine line, long provedNanos, ProcessReader reader, ExitPriority exitPriority) {
        ExitPriority.Threads threads = exitPriority.threadsOf(line.pid(), provedNanos, reader);
        boolean sent = sendToAll(descriptor, LinuxCalls.SIGKILL, line, reader);
        if (sent) {
            exitPriority.raise(threads);
        }
        return sent;
    }

    /** Signals the process, and its process group if that is a session's first. */
    private static boolean sendToAll(int descriptor, int signal, StatLine line, ProcessReader reader) {
        boolean leads = line.session() == line.pid() && line.group() == line.pid() && !isOwnGroup(line.pid(), reader);
        return (leads && Pidfd.signalGroup(descriptor, signal)) || Pidfd.signal(descriptor, signal);
    }

    /** A guard that runs inside a notebook is in that notebook's process group. */
    private static boolean isOwnGroup(long group, ProcessReader reader) {
        StatLine own = new StatLine();
        return reader.read(ProcessHandle.current().pid(), own) != ProcessReader.Look.FOUND || own.group() == group;
    }
}
