package io.nbguard.cgroup.process;

import io.nbguard.cgroup.kernel.KernelFile;
import io.nbguard.cgroup.kernel.KernelText;
import io.nbguard.cgroup.libc.LinuxCalls;
import io.nbguard.spi.process.GroupUsage;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One process of a group with its kept descriptors and last readings. It stays a member until its own descriptor says
 * that it has gone, whatever becomes of its parent, session or name. Read by the sampling thread; {@link #close} and what
 * is final or volatile is for any thread.
 */
final class Member {

    private enum Read {
        DONE,
        /** The process has gone. */
        GONE,
        /** It could not be read now: its last readings stand. */
        KEPT
    }

    final long pid;
    final long start;
    private final Path folder;

    private volatile @Nullable KernelFile statm;
    private volatile @Nullable KernelFile stat;
    private volatile boolean closed;

    /** The session and process group that began inside the tree and that it is in; 0 if it is in none such. */
    volatile long ownedSession;

    volatile long ownedGroup;

    private final ProcessName name = new ProcessName();
    private long parent;
    private long session;
    private long group;
    private char state = '?';
    private int threads;
    private boolean living = true;
    private boolean beingReaped;
    private long virtualPages;
    private long residentBytes;
    private long privateBytes;
    private long ownNanos;

    /** Its own time and memory by its last stat line; memory there may lag behind by some pages. */
    private long statNanos;

    private long statPages;

    /** What {@link #statPages} was when the memory was last read exactly. */
    private long memoryStatPages = -1;

    private long childNanos;

    /** Whether the last reading of {@code stat} succeeded, so that the line is of this process. */
    private boolean fresh;

    private boolean childrenFinal;

    /** By how much {@link #childNanos} grew since the books were last balanced ({@link TreeReading}). */
    long childGrowth;

    /** By which to ask how it ended; -1 where that cannot be asked. */
    private volatile int pidfd = -1;

    private int endStatus = GroupUsage.UNKNOWN_END;

    /** Whether it was found to have gone. */
    boolean lost;

    /** Whether {@link TreeReading} has taken note of that, and whether its time is still to be accounted for. */
    boolean noted;

    boolean toSettle;

    /** Whether its id was given out again: it has gone, and the id proves nothing any more. */
    boolean idPassed;

    Member(Machine machine, long pid, long start) {
        this.pid = pid;
        this.start = start;
        this.folder = machine.proc().resolve(Long.toString(pid));
    }

    /**
     * Reads memory and processor time.
     *
     * @param exact whether to read exact memory in any case
     * @return whether the process is still there
     */
    boolean readUsage(Sampling sampling, boolean exact) {
        CpuClock clock = sampling.clock;
        return clock == null ? readUsageByStat(sampling, exact) : readUsageByClock(sampling, clock);
    }

    private boolean readUsageByClock(Sampling sampling, CpuClock clock) {
        // By its number, so it counts only because statm, read after it, proves that this process had the number.
        long nanos = clock.nanos(pid);
        Read read = readMemory(sampling);
        if (read != Read.DONE) {
            return read == Read.KEPT;
        }
        if (nanos < 0 || virtualPages == 0) {
            if (!readStat(sampling)) {
                return false;
            }
            ownNanos = Math.max(ownNanos, nanos < 0 ? statNanos : nanos);
            followThreadIfNeeded(sampling);
            return true;
        }
        ownNanos = Math.max(ownNanos, nanos);
        living = true;
        beingReaped = false;
        return true;
    }

    /** Without the clock, stat must be read for the time; memory is read again only when stat shows that it changed. */
    private boolean readUsageByStat(Sampling sampling, boolean exact) {
        if (!readStat(sampling)) {
            return false;
        }
        ownNanos = Math.max(ownNanos, statNanos);
        if (!exact && living && statPages == memoryStatPages && statPages > 0) {
            return true;
        }
        memoryStatPages = statPages;
        if (readMemory(sampling) == Read.GONE) {
            return false;
        }
        if (virtualPages == 0) {
            followThreadIfNeeded(sampling);
        }
        return true;
    }

    private Read readMemory(Sampling sampling) {
        Read read = readStatm(sampling);
        if (read != Read.DONE) {
            return read;
        }
        KernelText text = sampling.text;
        virtualPages = text.parseLongOr(0);
        long resident = text.parseLongOr(0);
        long shared = text.parseLongOr(0);
        residentBytes = resident * sampling.machine.pageBytes();
        privateBytes = Math.max(0, resident - shared) * sampling.machine.pageBytes();
        return Read.DONE;
    }

    /** No memory: dead and not yet reaped, or only its first thread has ended. */
    private void followThreadIfNeeded(Sampling sampling) {
        if (living && state == 'Z') {
            followThread(sampling);
        }
    }

    /**
     * Reads parent, state, threads, name, and the processor time of ended children.
     *
     * @return whether the process is still there
     */
    boolean readAll(Sampling sampling) {
        fresh = false;
        if (!readStat(sampling)) {
            return false;
        }
        takeChildren(sampling);
        return true;
    }

    private boolean readStat(Sampling sampling) {
        StatLine line = sampling.line;
        Read read = readStatLine(sampling);
        if (read != Read.DONE) {
            return read == Read.KEPT;
        }
        if (!line.parse(sampling.text)) {
            return true;
        }
        if (line.start() != start) {
            return false;
        }
        take(line, sampling);
        if (!living) {
            // The stat line's own text is still there, and the cursor behind the last field that was needed of it.
            endStatus = StatLine.waitStatus(sampling.text);
        }
        return true;
    }

    /** Takes over the first look at it. */
    void begin(StatLine line, Sampling sampling) {
        take(line, sampling);
        ownNanos = statNanos;
        childNanos = line.childTicks() * sampling.machine.nanosPerTick();
    }

    /** Opens a pidfd that reports how the process ends, where the kernel supports it. Call it while the process lives. */
    void watchEnd(Sampling sampling) {
        ExitStatus exits = sampling.exits;
        if (exits != null) {
            pidfd = exits.open(pid, start, sampling.reader);
            if (closed) {
                close();
            }
        }
    }

    /** Returns how it ended, as of wait(2); {@link GroupUsage#UNKNOWN_END} if it lives, or that is not known. */
    int endStatus(Sampling sampling) {
        ExitStatus exits = sampling.exits;
        int descriptor = pidfd;
        if (lost && endStatus == GroupUsage.UNKNOWN_END && exits != null && descriptor >= 0) {
            endStatus = exits.of(descriptor);
        }
        return endStatus;
    }

    private void take(StatLine line, Sampling sampling) {
        fresh = true;
        parent = line.parent();
        session = line.session();
        group = line.group();
        state = line.state();
        threads = line.threads();
        line.nameInto(name);
        living = line.alive();
        // The kernel marks it X before it adds its time to the parent's: from here on it may be in both.
        beingReaped = !living && state != 'Z';
        statNanos = line.ownTicks() * sampling.machine.nanosPerTick();
        statPages = line.residentPages();
    }

    private void takeChildren(Sampling sampling) {
        if (fresh) {
            long children = sampling.line.childTicks() * sampling.machine.nanosPerTick();
            childGrowth += Math.max(0, children - childNanos);
            childNanos = Math.max(childNanos, children);
            childrenFinal = !living;
        }
    }

    private Read readStatm(Sampling sampling) {
        KernelFile file = statm;
        if (file == null) {
            file = open("statm", sampling);
            statm = file;
            closeIfClosed(file);
        }
        return read(file, sampling);
    }

    private Read readStatLine(Sampling sampling) {
        KernelFile file = stat;
        if (file == null) {
            file = open("stat", sampling);
            stat = file;
            closeIfClosed(file);
        }
        return read(file, sampling);
    }

    private Read read(@Nullable KernelFile file, Sampling sampling) {
        if (file == null) {
            return hasGone(sampling) ? Read.GONE : Read.KEPT;
        }
        try {
            file.read(sampling.text);
            // The kernel never answers with nothing; in a copy of a procfs that is how a process ends.
            return sampling.text.length() == 0 ? Read.GONE : Read.DONE;
        } catch (ClosedChannelException e) {
            sampling.holdInterrupt();
            drop(file);
            return Read.KEPT;
        } catch (IOException e) {
            if (hasGone(sampling)) {
                return Read.GONE;
            }
            drop(file);
            return Read.KEPT;
        }
    }

    /** Looks again instead of looking for ESRCH in the error: the message of an {@link IOException} is in the user's language. */
    private boolean hasGone(Sampling sampling) {
        return switch (sampling.reader.read(pid, sampling.line)) {
            case FOUND -> sampling.line.start() != start;
            case ABSENT, THREAD -> true;
            case UNREADABLE -> false;
        };
    }

    /** Opens a file of this process, or returns null if that is not possible now: it is tried again at the next tick. */
    private @Nullable KernelFile open(String file, Sampling sampling) {
        return closed ? null : open(folder.resolve(file), sampling);
    }

    private @Nullable KernelFile open(Path path, Sampling sampling) {
        try {
            KernelFile opened = KernelFile.open(path);
            // It lives now, so it had its number when the file was opened by that number.
            if (sampling.reader.is(pid, start, sampling.line)) {
                return opened;
            }
            opened.close();
            return null;
        } catch (IOException e) {
            return null;
        }
    }

    /** The first thread's memory has gone with it: reads that of another thread, which is that of the process. */
    private void followThread(Sampling sampling) {
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(folder.resolve("task"))) {
            for (Path task : tasks) {
                KernelFile file = task.endsWith(Long.toString(pid)) ? null : open(task.resolve("statm"), sampling);
                if (file != null) {
                    drop(statm);
                    statm = file;
                    closeIfClosed(file);
                    return;
                }
            }
        } catch (IOException e) {
            // It ends just now, or may not be listed: it is counted without memory.
            return;
        }
    }

    private void drop(@Nullable KernelFile file) {
        if (file == null) {
            return;
        }
        file.close();
        if (file == statm) {
            statm = null;
        }
        if (file == stat) {
            stat = null;
        }
    }

    /** {@link #close} may have come between opening the file and keeping it. */
    private void closeIfClosed(@Nullable KernelFile file) {
        if (closed && file != null) {
            file.close();
        }
    }

    /** Lets go of the descriptors. Any thread. */
    void close() {
        closed = true;
        KernelFile first = statm;
        if (first != null) {
            first.close();
        }
        KernelFile second = stat;
        if (second != null) {
            second.close();
        }
        int descriptor = pidfd;
        pidfd = -1;
        if (descriptor >= 0) {
            LinuxCalls.close(descriptor);
        }
    }

    long parent() {
        return parent;
    }

    long session() {
        return session;
    }

    long group() {
        return group;
    }

    char state() {
        return state;
    }

    int threads() {
        return threads;
    }

    String name() {
        return name.toString();
    }

    /** Returns whether its parent is taking its leave of it this moment. */
    boolean beingReaped() {
        return beingReaped;
    }

    /** Returns whether it runs or could; a zombie does not. */
    boolean living() {
        return living;
    }

    /** Returns whether it died since its children's time was last read: that will not grow any more. */
    boolean childrenDue() {
        return !living && !childrenFinal;
    }

    long residentBytes() {
        return residentBytes;
    }

    /** Returns its resident memory less file and shared-memory pages. */
    long privateBytes() {
        return privateBytes;
    }

    /** Returns its own processor time. */
    long ownNanos() {
        return ownNanos;
    }

    /** Returns its own processor time and that of its ended children, as far as no other member has it too. */
    long treeNanos() {
        return beingReaped ? 0 : ownNanos + childNanos;
    }

    /** Returns all processor time that was last read of it. */
    long lastNanos() {
        return ownNanos + childNanos;
    }
}
