package io.nbguard.core.sidecar;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.watchdog.KillScenario;
import io.nbguard.core.measure.Watched;
import io.nbguard.core.process.GroupKill;
import io.nbguard.core.workspace.RunFolders;
import io.nbguard.spi.process.FreezeReason;
import io.nbguard.spi.process.ProcessGroup;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An execution of the host as the sidecar's loop knows it. The thread that reads from the host writes what the host reports
 * of it; the rest belongs to the sampling thread, and to a thread that confirms a kill.
 */
final class RemoteExecution implements Watched {

    private static final Logger LOG = LoggerFactory.getLogger(RemoteExecution.class);
    private static final Duration LONGEST_KILL = Duration.ofSeconds(30);

    private final Message.Watch about;
    private final long launchedAtNanos;
    private final Outbox outbox;
    private volatile Message.@Nullable Update latest;
    private volatile @Nullable ProcessGroup group;
    private volatile @Nullable KillScenario condemnation;
    private volatile boolean killedHere;
    private volatile boolean gone;

    RemoteExecution(Message.Watch about, long nowNanos, Outbox outbox) {
        this.about = about;
        launchedAtNanos = nowNanos - about.ageNanos();
        this.outbox = outbox;
    }

    // What the host reports.

    void learn(Message.Update update) {
        latest = update;
        holdAsHost();
    }

    /**
     * Holds frozen here what the host holds frozen: otherwise the end of a moment in which this watchdog had frozen it, too,
     * would end a user's pause.
     */
    private void holdAsHost() {
        Message.Update known = latest;
        ProcessGroup present = group;
        if (known == null || present == null) {
            return;
        }
        try {
            for (FreezeReason why : FreezeReason.values()) {
                if (why == FreezeReason.BYSTANDER) {
                    continue;
                }
                if (!known.frozenBy().contains(why)) {
                    present.thaw(why);
                } else if (!present.frozenBy().contains(why)) {
                    present.freeze(why);
                }
            }
        } catch (RuntimeException e) {
            LOG.warn("{} cannot be held frozen as its host does", about.notebook(), e);
        }
    }

    /** The host's own watchdog has chosen it. */
    void dying(KillScenario scenario) {
        if (condemnation == null) {
            condemnation = scenario;
        }
    }

    void attached(ProcessGroup processes) {
        group = processes;
        holdAsHost();
    }

    boolean isAttached() {
        return group != null;
    }

    RunFolders folders() {
        return about.folders();
    }

    /** The host says that nothing of it is left. */
    void isGone() {
        gone = true;
    }

    /** Returns whether this sidecar, and not the host, has chosen it. */
    boolean isKilledHere() {
        return killedHere;
    }

    // What the loop asks.

    @Override
    public ExecutionId id() {
        return about.id();
    }

    @Override
    public String notebook() {
        return about.notebook();
    }

    @Override
    public int priority() {
        return about.priority();
    }

    @Override
    public Optional<ByteSize> memoryLimit() {
        return about.memoryLimit();
    }

    @Override
    public ProcessGroup group() {
        ProcessGroup present = group;
        if (present == null) {
            throw new IllegalStateException(about.notebook() + " has no processes yet");
        }
        return present;
    }

    @Override
    public ExecutionState state() {
        Message.Update known = latest;
        return known == null ? ExecutionState.LAUNCHING : known.state();
    }

    @Override
    public boolean mayBeCondemned() {
        Message.Update known = latest;
        return known != null && known.condemnable() && condemnation == null && !gone;
    }

    @Override
    public Progress progress() {
        Message.Update known = latest;
        return known == null ? Progress.NONE : known.progress();
    }

    @Override
    public long launchedAtNanos() {
        return launchedAtNanos;
    }

    @Override
    public void measured(long peakBytes, long cpuNanos) {
        // The host measures for the record.
    }

    @Override
    public boolean isShown() {
        return false;
    }

    /**
     * Queues the report of the kill before every later message to the host: when the host asks what ended this execution, it
     * gets the report first. It is sent in {@link #kill}, after the signal.
     */
    @Override
    public boolean condemn(KillScenario scenario) {
        if (!mayBeCondemned()) {
            return false;
        }
        condemnation = scenario;
        killedHere = true;
        outbox.put(new Message.Happened(new GuardEvent.Terminated(scenario.decidedAt(), about.notebook(), scenario)));
        return true;
    }

    @Override
    public Optional<KillScenario> condemnation() {
        return Optional.ofNullable(condemnation);
    }

    @Override
    public void kill() {
        signal();
        outbox.flush();
        Thread confirming = new Thread(
                () -> confirm(LONGEST_KILL), "nbguard-kill-" + about.id().shortForm());
        confirming.setDaemon(true);
        confirming.start();
    }

    @Override
    public boolean gone() {
        return gone;
    }

    // Killing.

    /** Sends SIGKILL to all of it that is found, and does not wait. */
    void signal() {
        ProcessGroup present = group;
        if (present != null) {
            GroupKill.signal(present, about.notebook());
        }
    }

    /**
     * Kills until nothing of it is left.
     *
     * @return whether nothing is
     */
    boolean confirm(Duration longest) {
        ProcessGroup present = group;
        try {
            if (present == null || GroupKill.confirm(present, GroupKill.ROOT_GRACE, longest, about.notebook())) {
                gone = true;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return gone;
    }
}
