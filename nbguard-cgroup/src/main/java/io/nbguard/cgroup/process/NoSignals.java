package io.nbguard.cgroup.process;

import java.util.List;

/** Signals nobody: the ids in a copy of a procfs are those of other processes, or of none. */
final class NoSignals implements Signals {

    @Override
    public void kill(List<Victim> victims, ProcessReader reader) {
        // By design.
    }
}
