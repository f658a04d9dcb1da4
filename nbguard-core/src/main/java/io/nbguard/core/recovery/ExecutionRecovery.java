package io.nbguard.core.recovery;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardClock;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.resource.Allocation;
import io.nbguard.core.admission.Executions;
import io.nbguard.core.executor.OpenExecutors;
import io.nbguard.core.schedule.Scheduler;
import io.nbguard.core.workspace.FolderOwner;
import io.nbguard.core.workspace.KeptRun;
import io.nbguard.core.workspace.LocalHandle;
import io.nbguard.core.workspace.OutputTemplate;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.executor.ExecutionHandle;
import io.nbguard.spi.executor.ExecutorCapabilities;
import io.nbguard.spi.process.ProcessGroup;
import io.nbguard.spi.process.ProcessIdentity;
import io.nbguard.spi.process.TrackerSession;
import io.nbguard.spi.store.StoredExecution;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes up what dead guards have left running: local executions that were launched to outlive them, and all that engines run,
 * which go on or are ended.
 */
public final class ExecutionRecovery {

    private static final Logger LOG = LoggerFactory.getLogger(ExecutionRecovery.class);

    private record Destination(Executions executions, Scheduler scheduler) {}

    private final OpenExecutors executors;
    private final TrackerSession tracker;
    private final Path temporaryFiles;
    private final boolean keeps;
    private volatile @Nullable Destination destination;

    /**
     * Takes up nothing yet.
     *
     * @param executors find again what they have launched
     * @param tracker finds processes of this machine
     * @param temporaryFiles where the folders for temporary files are, with a claim beside each
     * @param keeps whether executions go on when their guard has died; else they are ended
     */
    public ExecutionRecovery(OpenExecutors executors, TrackerSession tracker, Path temporaryFiles, boolean keeps) {
        this.executors = executors;
        this.tracker = tracker;
        this.temporaryFiles = temporaryFiles;
        this.keeps = keeps;
    }

    /**
     * Returns what looks through a history store for executions of dead guards, takes up those that go on, and ends the others.
     *
     * @param self this guard's process; without it no other guard can be proved dead
     * @param outputs where executed notebooks go
     * @param template how they are called
     */
    public DeadGuards ofDeadGuards(
            Optional<FolderOwner> self, Path outputs, OutputTemplate template, GuardClock clock) {
        return new DeadGuards(
                self,
                new OrphanReaper(
                        tracker, id -> KeptRuns.of(id, temporaryFiles).flatMap(run -> LocalHandle.root(run.handle()))),
                id -> KeptRuns.isGivenBack(id, temporaryFiles),
                this::goesOn,
                left -> PartialOutput.recover(left, temporaryFiles, outputs, template),
                clock);
    }

    /** Takes up everything from now on. */
    public void goesTo(Executions to, Scheduler scheduler) {
        destination = new Destination(to, scheduler);
    }

    /**
     * Takes up an execution of a dead guard.
     *
     * @return whether it goes on, here or with another guard that has taken it up, or is for a later guard to take up
     */
    private boolean goesOn(StoredExecution left) {
        ExecutionId id = left.record().id();
        Optional<ExecutionHandle> handle =
                KeptRuns.of(id, temporaryFiles).map(KeptRun::handle).or(left::handle);
        if (handle.isPresent() && !LocalHandle.isLocal(handle.get())) {
            return engineGoesOn(left, handle.get());
        }
        if (!executors.haveLocal()) {
            // It is for a guard to see to that can look for processes.
            return true;
        }
        if (!keeps) {
            return KeptRuns.isHeld(id, temporaryFiles);
        }
        Destination to = destination;
        if (to != null && to.executions().isClosed()) {
            // It is for the next guard to see to.
            return true;
        }
        // The store may be behind: what was left of it says whether it was launched.
        if (to != null && left.record().state() != ExecutionState.TERMINATING) {
            Optional<KeptRun> run = KeptRuns.takeOver(id, temporaryFiles);
            if (run.isPresent()) {
                return takeUp(left, run.get(), true, to);
            }
        }
        return KeptRuns.isHeld(id, temporaryFiles);
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
        KeptRuns.takeOver(id, temporaryFiles).ifPresent(run -> {
            boolean stopped = left.record().state() == ExecutionState.TERMINATING;
            takeUp(left, run, keeps && !stopped, to);
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
