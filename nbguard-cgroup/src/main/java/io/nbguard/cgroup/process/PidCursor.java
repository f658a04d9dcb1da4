package io.nbguard.cgroup.process;

import io.nbguard.cgroup.kernel.KernelFile;
import io.nbguard.cgroup.kernel.KernelText;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The last process id that the kernel gave out in this PID namespace: the last field of {@code /proc/loadavg}
 * (proc_loadavg(5)). While it does not move, no process or thread was started, and there is nothing to discover. Sampling
 * thread only, but for {@link #close}.
 */
final class PidCursor implements Closeable {

    /** Where the kernel goes on after the highest id (RESERVED_PIDS in kernel/pid.c). */
    static final long FIRST_AFTER_WRAP = 300;

    private final Path proc;
    private final KernelFile loadavg;
    private final KernelText text = new KernelText(256);

    private volatile boolean closed;

    private PidCursor(Path proc, KernelFile loadavg) {
        this.proc = proc;
        this.loadavg = loadavg;
    }

    /** Opens it, or returns null if it is not there or is not the kernel's own: lxcfs makes the file up. */
    static @Nullable PidCursor open(Machine machine) {
        try {
            PidCursor cursor =
                    new PidCursor(machine.proc(), KernelFile.open(machine.proc().resolve("loadavg")));
            if (!machine.real() || cursor.seesNewThread(machine.proc())) {
                return cursor;
            }
            cursor.close();
            return null;
        } catch (IOException e) {
            return null;
        }
    }

    /** Starts a thread: its id must be among those given out between two readings. */
    private boolean seesNewThread(Path proc) throws IOException {
        long before = read();
        long[] id = {-1};
        Thread probe = new Thread(
                () -> {
                    try {
                        // PID/task/TID
                        Path link = Files.readSymbolicLink(proc.resolve("thread-self"));
                        id[0] = Census.pidOf(link.getFileName().toString());
                    } catch (IOException e) {
                        id[0] = -1;
                    }
                },
                "nbguard-pid-cursor-test");
        probe.setDaemon(true);
        probe.start();
        boolean interrupted = false;
        while (probe.isAlive()) {
            try {
                probe.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        long after = read();
        return before > 0 && after > 0 && id[0] > 0 && passed(id[0], before, after);
    }

    /** Returns the last id given out, or -1 if it cannot be read now. */
    long read() {
        boolean interrupted = false;
        try {
            for (int attempt = 0; attempt < 2; attempt++) {
                try {
                    loadavg.read(text);
                    return text.seekAfterLast(' ') ? text.parseLong() : -1;
                } catch (ClosedChannelException e) {
                    if (closed) {
                        return -1;
                    }
                    interrupted |= Thread.interrupted();
                    loadavg.reopen();
                }
            }
            return -1;
        } catch (IOException | NumberFormatException e) {
            return -1;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Reads it once, on any thread; -1 if it cannot be read. */
    static long readOnce(Path proc) {
        try {
            String text = ProcFiles.text(proc.resolve("loadavg")).trim();
            return Long.parseLong(text.substring(text.lastIndexOf(' ') + 1));
        } catch (IOException | NumberFormatException e) {
            return -1;
        }
    }

    /** Returns whether the cursor gave out {@code pid} on its way from {@code before} (not included) to {@code now}. */
    static boolean passed(long pid, long before, long now) {
        return before <= now ? pid > before && pid <= now : pid > before || pid <= now;
    }

    /**
     * Collects the ids that were given out after {@code before}, up to {@code now}.
     *
     * @param into where to put them
     * @param limit how many at most
     * @return how many; -1 if there are more, or that is not known
     */
    int range(long before, long now, long[] into, int limit) {
        if (before <= now) {
            return collect(before + 1, now, into, 0, limit);
        }
        long highest = highestPid();
        if (highest < before || now < FIRST_AFTER_WRAP) {
            return -1;
        }
        int count = collect(before + 1, highest, into, 0, limit);
        return count < 0 ? -1 : collect(FIRST_AFTER_WRAP, now, into, count, limit);
    }

    private static int collect(long first, long last, long[] into, int count, int limit) {
        if (last - first + 1 > limit - count) {
            return -1;
        }
        int at = count;
        for (long pid = first; pid <= last; pid++) {
            into[at++] = pid;
        }
        return at;
    }

    private long highestPid() {
        try {
            return Long.parseLong(
                            ProcFiles.text(proc.resolve("sys/kernel/pid_max")).trim())
                    - 1;
        } catch (IOException | NumberFormatException e) {
            return -1;
        }
    }

    @Override
    public void close() {
        closed = true;
        loadavg.close();
    }
}
