package io.nbguard.cgroup.process;

import io.nbguard.cgroup.libc.LinuxCalls;
import io.nbguard.cgroup.libc.NativeMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds orphans of a group by its {@link Cookie}, as the last resort. The environment of a process is read only when all
 * of this holds, so that what others run is left alone:
 *
 * <ul>
 *   <li>its parent is one that inherits orphans: process 1, an ancestor of nbguard (a subreaper always is one), or nbguard
 *       itself, unless it is known to be no subreaper;
 *   <li>it started after the group's first process;
 *   <li>a member has gone, or an id was given out and had gone before it could be looked at: else nothing can have been
 *       orphaned;
 *   <li>its real user is nbguard's own.
 * </ul>
 *
 * <p>For one thread.
 */
final class Orphans {

    private final Path proc;
    private final ProcessReader reader;
    private final NativeAccess calls;
    private final StatLine line = new StatLine();
    private final Set<Long> reapers = new HashSet<>();
    private final long self = ProcessHandle.current().pid();
    private final @Nullable String user;

    Orphans(Machine machine, ProcessReader reader) {
        this.proc = machine.proc();
        this.reader = reader;
        this.calls = machine.calls();
        this.user = realUserOf(self);
    }

    /** Forgets which process inherits orphans: nbguard's own ancestors may have ended. */
    void begin() {
        reapers.clear();
    }

    /**
     * Returns which of the groups the process was started in, or null.
     *
     * @param since only groups that lost a member at this tick or later
     */
    @Nullable ProcessTree groupOf(long pid, long parent, long start, ProcessTree[] groups, long since) {
        if (!reapers().contains(parent)) {
            return null;
        }
        boolean sameUser = false;
        for (ProcessTree group : groups) {
            Cookie cookie = group.cookie();
            if (cookie == null || group.lastLoss() < since || start < group.earliestStart()) {
                continue;
            }
            if (!sameUser) {
                sameUser = user != null && user.equals(realUserOf(pid));
                if (!sameUser) {
                    return null;
                }
            }
            if (cookie.isIn(proc, pid)) {
                // The id may have been given to another process between the two looks.
                return reader.is(pid, start, line) ? group : null;
            }
        }
        return null;
    }

    private Set<Long> reapers() {
        if (reapers.isEmpty()) {
            reapers.add(1L);
            boolean own = mayInherit();
            long ancestor = self;
            while (ancestor > 1 && !reapers.contains(ancestor)) {
                if (ancestor != self || own) {
                    reapers.add(ancestor);
                }
                ancestor = reader.read(ancestor, line) == ProcessReader.Look.FOUND ? line.parent() : 0;
            }
        }
        return reapers;
    }

    private boolean mayInherit() {
        if (!calls.available()) {
            return true;
        }
        NativeMemory flag = new NativeMemory(8);
        flag.buffer().putInt(0, 1);
        return LinuxCalls.prctl(LinuxCalls.PR_GET_CHILD_SUBREAPER, flag.address(), 0, 0, 0) != 0
                || flag.buffer().getInt(0) != 0;
    }

    private @Nullable String realUserOf(long pid) {
        Path status = proc.resolve(Long.toString(pid)).resolve("status");
        try {
            return ProcFiles.text(status)
                    .lines()
                    .filter(text -> text.startsWith("Uid:"))
                    .findFirst()
                    .map(text -> text.substring(4).trim().split("\\s+")[0])
                    .orElse(null);
        } catch (IOException e) {
            return null;
        }
    }
}
