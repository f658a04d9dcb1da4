package io.nbguard.core.sidecar;

import io.nbguard.api.measure.Progress;
import io.nbguard.api.watchdog.KillScenario;
import io.nbguard.core.measure.Watched;
import io.nbguard.core.workspace.RunFolders;
import io.nbguard.spi.process.FreezeReason;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An execution that the sidecar is to watch, and what was sent to the sidecar about it. The monitor's thread only, but for what
 * it says itself.
 */
final class SidecarRegistration {

    private static final long PROGRESS_NANOS = 1_000_000_000L;

    private final Watched execution;
    private final RunFolders folders;
    private boolean told;
    private boolean dyingTold;
    private Message.@Nullable Update last;
    private long lastLookNanos;
    private volatile boolean watching;
    private volatile boolean refused;
    private boolean everRefused;

    SidecarRegistration(Watched execution, RunFolders folders) {
        this.execution = execution;
        this.folders = folders;
    }

    Watched execution() {
        return execution;
    }

    /** The sidecar says that it watches the processes. The thread that reads from the sidecar. */
    void isWatched() {
        watching = true;
    }

    /**
     * The sidecar says that it cannot watch the processes; it is asked again. The thread that reads from the sidecar.
     *
     * @return whether it says so for the first time
     */
    boolean isRefused() {
        refused = true;
        boolean first = !everRefused;
        everRefused = true;
        return first;
    }

    /** Forgets what was sent: there is another sidecar. */
    void tellAnew() {
        told = false;
        dyingTold = false;
        last = null;
        watching = false;
        refused = false;
    }

    /** Sends what the sidecar does not know yet. */
    void tell(Outbox outbox, long nowNanos) {
        if (!told) {
            told = true;
            outbox.send(new Message.Watch(
                    execution.id(),
                    execution.notebook(),
                    execution.priority(),
                    execution.memoryLimit(),
                    Math.max(0, nowNanos - execution.launchedAtNanos()),
                    folders));
        }
        if (isSettled(nowNanos)) {
            return;
        }
        lastLookNanos = nowNanos;
        Optional<KillScenario> kill = execution.condemnation();
        if (!dyingTold && kill.isPresent()) {
            dyingTold = true;
            outbox.send(new Message.Dying(kill.get()));
        }
        Progress progress = execution.progress();
        Message.Update now = new Message.Update(
                execution.id(),
                execution.group().root(),
                execution.state(),
                execution.mayBeCondemned(),
                frozenBy(),
                new Progress(progress.cellsDone(), progress.cellsTotal(), Optional.empty()));
        if (!now.equals(last) || refused) {
            refused = false;
            last = now;
            outbox.send(now);
        }
    }

    /** Whether nothing that the sidecar must know at once has changed, and the progress was sent within the last second. */
    private boolean isSettled(long nowNanos) {
        Message.Update known = last;
        return known != null
                && watching
                && !refused
                && nowNanos - lastLookNanos < PROGRESS_NANOS
                && known.state() == execution.state()
                && known.condemnable() == execution.mayBeCondemned()
                && known.frozenBy().equals(frozenBy());
    }

    /** Without the host's own watchdog, which stands by while the sidecar is active, and freezes for a moment only. */
    private Set<FreezeReason> frozenBy() {
        Set<FreezeReason> all = execution.group().frozenBy();
        return all.contains(FreezeReason.BYSTANDER)
                ? all.stream().filter(why -> why != FreezeReason.BYSTANDER).collect(Collectors.toUnmodifiableSet())
                : all;
    }

    /** Returns whether something of it may have to be ended that the sidecar does not watch. */
    boolean isUnwatched() {
        return !watching
                && execution.mayBeCondemned()
                && execution.group().root().isPresent();
    }
}
