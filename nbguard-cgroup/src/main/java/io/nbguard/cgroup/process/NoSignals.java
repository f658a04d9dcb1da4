package io.nbguard.cgroup.process;

import io.nbguard.spi.process.ProcessIdentity;
import java.util.List;

/** Sends no signal: the ids in a copy of a procfs are those of other processes, or of none. */
final class NoSignals implements Signals {

    @Override
    public int kill(List<Victim> victims, ProcessReader reader) {
        StatLine line = new StatLine();
        int living = 0;
        for (Victim victim : victims) {
            ProcessIdentity identity = victim.identity();
            living += reader.is(identity.pid(), identity.startTicks(), line) && line.alive() ? 1 : 0;
        }
        return living;
    }

    @Override
    public Stop stop(ProcessIdentity process, ProcessReader reader) {
        return Stop.GONE;
    }

    @Override
    public void resume(ProcessIdentity process, ProcessReader reader) {
        // By design.
    }

    @Override
    public boolean canStop() {
        return false;
    }
}
