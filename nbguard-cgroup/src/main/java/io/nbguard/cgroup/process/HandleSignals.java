package io.nbguard.cgroup.process;

import io.nbguard.spi.process.ProcessIdentity;
import java.util.List;
import java.util.Optional;

/**
 * Signals through {@link ProcessHandle}, which compares the start time again before it sends. The handle is made first
 * and ours is compared after it, so that both mean the same process. It knows no SIGSTOP.
 */
final class HandleSignals implements Signals {

    @Override
    public int kill(List<Victim> victims, ProcessReader reader) {
        StatLine line = new StatLine();
        int living = 0;
        for (Victim victim : victims) {
            ProcessIdentity identity = victim.identity();
            if (Signals.isForbidden(identity.pid())) {
                continue;
            }
            Optional<ProcessHandle> handle = ProcessHandle.of(identity.pid());
            if (handle.isPresent() && reader.is(identity.pid(), identity.startTicks(), line)) {
                living += line.alive() ? 1 : 0;
                handle.get().destroyForcibly();
            }
        }
        return living;
    }

    @Override
    public Stop stop(ProcessIdentity process, ProcessReader reader) {
        return Stop.GONE;
    }

    @Override
    public void resume(ProcessIdentity process, ProcessReader reader) {
        // Nothing is ever stopped.
    }

    @Override
    public boolean canStop() {
        return false;
    }
}
