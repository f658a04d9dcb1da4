package io.nbguard.cgroup.process;

import io.nbguard.spi.ProcessIdentity;
import java.util.List;

/** Sends SIGKILL to processes and to nothing else: what has the id is proved to be the process when the signal goes out. */
interface Signals {

    /**
     * Kills processes in the given order. One that has gone is passed over, and so is nbguard's own process.
     *
     * @param reader for checking them, of the calling thread
     */
    void kill(List<Victim> victims, ProcessReader reader);

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
