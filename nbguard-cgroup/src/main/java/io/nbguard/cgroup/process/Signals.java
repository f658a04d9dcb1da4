package io.nbguard.cgroup.process;

import io.nbguard.spi.process.ProcessIdentity;
import java.util.List;

/** Signals processes and nothing else: what has the id is proved to be the process when the signal goes out. */
interface Signals {

    /**
     * Sends SIGKILL to processes in the given order, and makes the kernel free their memory at once, where it can. One
     * that has gone is passed over, and so is nbguard's own process.
     *
     * @param reader for checking them, of the calling thread
     * @return how many of them lived when they were signalled
     */
    int kill(List<Victim> victims, ProcessReader reader);

    /**
     * Sends SIGSTOP to a process, unless it is stopped already: then another process did that, and is to resume it.
     *
     * @return what came of it
     */
    Stop stop(ProcessIdentity process, ProcessReader reader);

    /** Sends SIGCONT to a process that {@link #stop} stopped; one that has gone is passed over. */
    void resume(ProcessIdentity process, ProcessReader reader);

    /** Returns whether {@link #stop} can do anything here. */
    boolean canStop();

    /** Goes through all that a kill needs, without signalling: the first kill must not wait for classes to be loaded. */
    default void warmUp(ProcessReader reader) {}

    /** What came of stopping a process. */
    enum Stop {
        /** It is stopped, or about to be. */
        DONE,
        /** It had been stopped before, by another process. */
        STOOD,
        /** It has ended, or may not be signalled. */
        GONE
    }

    /**
     * A process to kill.
     *
     * @param identity which
     * @param residentBytes what it holds
     */
    record Victim(ProcessIdentity identity, long residentBytes) {}

    /** Returns whether {@code pid} must never be signalled, whatever was found out about it. */
    static boolean isForbidden(long pid) {
        return pid <= 1 || pid == ProcessHandle.current().pid();
    }
}
