package io.nbguard.core;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.resource.Allocation;
import io.nbguard.core.execution.Executions;
import io.nbguard.core.execution.KeptRun;
import io.nbguard.core.execution.KeptRuns;
import io.nbguard.core.execution.LocalHandle;
import io.nbguard.core.execution.OpenExecutors;
import io.nbguard.core.schedule.Scheduler;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.executor.ExecutionHandle;
import io.nbguard.spi.executor.ExecutorCapabilities;
import io.nbguard.spi.process.ProcessGroup;
import io.nbguard.spi.process.ProcessIdentity;
import io.nbguard.spi.process.TrackerSession;
import io.nbguard.spi.store.StoredExecution;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes up what dead guards have left running: local executions that were launched to outlive them ({@link HostDeath#KEEP}), and
 * all that engines run, which go on or are ended.
 */
final class ExecutionRecovery {

    private static final Logger LOG = LoggerFactory.getLogger(ExecutionRecovery.class);

    private record Destination(Executions executions, Scheduler scheduler) {}

    private final GuardSettings settings;
    private final OpenExecutors executors;
    private final TrackerSession tracker;
    private volatile @Nullable Destination destination;

    ExecutionRecovery(GuardSettings settings, OpenExecutors executors, TrackerSession tracker) {
        this.settings = settings;
        this.executors = executors;
        this.tracker = tracker;
    }

    /** Takes up everything from now on. */
    void goesTo(Executions to, Scheduler scheduler) {
        destination = new Destination(to, scheduler);
    }

    /**
     * Takes up an execution of a dead guard.
     *
     * @return whether it goes on, here or with another guard that has taken it up, or is for a later guard to take up
     */
    boolean goesOn(StoredExecution left) {
        ExecutionId id = left.record().id();
        Optional<ExecutionHandle> handle = KeptRuns.of(id, settings.storage().temporaryFiles())
                .map(KeptRun::handle)
                .or(left::handle);
        if (handle.isPresent() && !LocalHandle.isLocal(handle.get())) {
            return engineGoesOn(left, handle.get());
        }
        if (!executors.haveLocal()) {
            // It is for a guard to see to that can look for processes.
            return true;
        }
        if (!settings.lifecycle().keepsExecutions()) {
            return KeptRuns.isHeld(id, settings.storage().temporaryFiles());
        }
        Destination to = destination;
        if (to != null && to.executions().isClosed()) {
            // It is for the next guard to see to.
            return true;
        }
        // The store may be behind: what was left of it says whether it was launched.
        if (to != null && left.record().state() != ExecutionState.TERMINATING) {
            Optional<KeptRun> run = KeptRuns.takeOver(id, settings.storage().temporaryFiles());
            if (run.isPresent()) {
                return takeUp(left, run.get(), true, to);
            }
        }
        return KeptRuns.isHeld(id, settings.storage().temporaryFiles());
    }

    /** An engine's execution is alive until the engine says something else: it is never given up here. */
    private boolean engineGoesOn(StoredExecution left, ExecutionHandle handle) {
        ExecutionId id = left.record().id();
        Destination to = destination;
        if (to == null || to.executions().isClosed()) {
            return true;
        }
        boolean known = executors
                .named(handle.executor())
                .filter(found -> found.capabilities().has(ExecutorCapabilities.Feature.RECOVER))
                .isPresent();
        if (!known) {
            LOG.warn(
                    "{} [{}] was launched by executor {}, which this guard has not, or which cannot find it again: it stays as"
                            + " it was last known; open a guard with that executor, or end it in its engine",
                    left.record().notebook(),
                    id,
                    handle.executor());
            return true;
        }
        KeptRuns.takeOver(id, settings.storage().temporaryFiles()).ifPresent(run -> {
            boolean stopped = left.record().state() == ExecutionState.TERMINATING;
            takeUp(left, run, settings.lifecycle().keepsExecutions() && !stopped, to);
        });
        return true;
    }

    private boolean takeUp(StoredExecution left, KeptRun run, boolean goesOn, Destination to) {
        ExecutionId id = left.record().id();
        boolean local = LocalHandle.isLocal(run.handle());
        Execution execution;
        try {
            Optional<ProcessGroup> group = local ? group(left, run) : Optional.empty();
            execution = to.executions().takeUp(left, run, group, goesOn);
        } catch (RuntimeException e) {
            LOG.warn("{} [{}] cannot be taken up again", left.record().notebook(), id, e);
            if (local) {
                KeptRuns.release(run);
            } else {
                KeptRuns.giveBack(run);
            }
            return false;
        }
        try {
            left.record().schedule().ifPresent(schedule -> to.scheduler().goesOn(schedule, execution));
        } catch (RuntimeException e) {
            LOG.warn("{} is not counted among the executions of its schedule", execution, e);
        }
        return true;
    }

    /** Returns what lives of it, or an empty group. */
    private Optional<ProcessGroup> group(StoredExecution left, KeptRun run) {
        ExecutionId id = left.record().id();
        Optional<ProcessIdentity> root = LocalHandle.root(run.handle());
        try {
            if (root.isPresent()) {
                ProcessGroup group = tracker.attach(id, root.get());
                // What its guard had frozen would stand still for ever.
                group.applyHolds();
                return Optional.of(group);
            }
        } catch (UnavailableException e) {
            LOG.debug("{} has ended meanwhile", id, e);
        }
        return Optional.of(tracker.create(id, Allocation.of(left.request().limits())));
    }
}
