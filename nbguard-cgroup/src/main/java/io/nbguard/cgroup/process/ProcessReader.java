package io.nbguard.cgroup.process;

import io.nbguard.cgroup.kernel.KernelText;

/**
 * Looks at processes by their id, opening and closing what it reads: for discovery and for checks. Safe on threads that
 * may be interrupted. Each is for one thread.
 */
interface ProcessReader {

    /** How looking at a process went. */
    enum Look {
        /** It was read. */
        FOUND,
        /** There is a thread with this id, which is no process of its own. */
        THREAD,
        /** There is no such process. */
        ABSENT,
        /** It could not be read, and that says nothing about whether it is there. */
        UNREADABLE;

        /** Returns how it went if {@code text} was read. */
        static Look at(KernelText text, StatLine line) {
            if (!line.parse(text)) {
                return UNREADABLE;
            }
            return StatLine.isThread(text) ? THREAD : FOUND;
        }
    }

    /** Reads the stat line of {@code pid} into {@code line}. */
    Look read(long pid, StatLine line);

    /** Returns whether {@code pid} is the process that started at {@code startTicks}, as of now; overwrites {@code line}. */
    default boolean is(long pid, long startTicks, StatLine line) {
        return read(pid, line) == Look.FOUND && line.start() == startTicks;
    }

    /**
     * Lists the threads of a process.
     *
     * @param into takes their ids, as many as fit
     * @return how many; 0 if there is no such process, or they cannot be listed
     */
    default int threads(long pid, int[] into) {
        return 0;
    }
}
