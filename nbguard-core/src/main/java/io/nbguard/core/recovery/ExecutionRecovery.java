package io.nbguard.core.recovery;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardClock;
import io.nbguard.api.GuardException;
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
import io.nbguard.core.workspace.Workspace;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.executor.ExecutionHandle;
import io.nbguard.spi.executor.ExecutorCapabilities;
import io.nbguard.spi.process.ProcessGroup;
import io.nbguard.spi.process.ProcessIdentity;
import io.nbguard.spi.process.TrackerSession;
import io.nbguard.spi.store.HistorySession;
import io.nbguard.spi.store.StoredExecution;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes up what dead guards have left running: local executions that were launched to outlive them, and all that engines run,
 * which go on or are ended.
 */
public final class ExecutionRecovery implements DeadGuards.Recovery {

    private static final Logger LOG = LoggerFactory.getLogger(ExecutionRecovery.class);

    private record Destination(Executions executions, Scheduler scheduler) {}

    private final OpenExecutors executors;
    private final TrackerSession tracker;
    private final Path temporaryFiles;
    private final Path outputs;
    private final OutputTemplate template;
    private final boolean keeps;
    private volatile @Nullable Destination destination;

    /**
     * Takes up nothing yet.
     *
     * @param executors find again what they have launched
     * @param tracker finds processes of this machine
     * @param temporaryFiles where the folders for temporary files are, with a claim beside each
     * @param outputs where executed notebooks go
     * @param template how they are called
     * @param keeps whether executions go on when their guard has died; else they are ended
     */
    public ExecutionRecovery(
            OpenExecutors executors,
            TrackerSession tracker,
            Path temporaryFiles,
            Path outputs,
            OutputTemplate template,
            boolean keeps) {
        this.executors = executors;
        this.tracker = tracker;
        this.temporaryFiles = temporaryFiles;
        this.outputs = outputs;
        this.template = template;
        this.keeps = keeps;
    }

    /**
     * Returns what looks through a history store for executions of dead guards, takes up those that go on, and ends the others.
     *
     * @param self this guard's process; without it no other guard can be proved dead
     * @param guard who this guard is, as in stored executions
     */
    public DeadGuards ofDeadGuards(Optional<FolderOwner> self, Optional<String> guard, GuardClock clock) {
        return new DeadGuards(
                self,
                guard,
                new OrphanReaper(
                        tracker, id -> KeptRuns.of(id, temporaryFiles).flatMap(run -> LocalHandle.root(run.handle()))),
                (id, owner) -> KeptRuns.isGivenBack(id, temporaryFiles, owner),
                this,
                left -> PartialOutput.recover(left, temporaryFiles, outputs, template),
                clock);
    }

    /** Takes up everything from now on. */
    public void goesTo(Executions to, Scheduler scheduler) {
        destination = new Destination(to, scheduler);
    }

    @Override
    public StoredExecution withHandle(StoredExecution left) {
        return left.handle().isPresent()
                ? left
                : new StoredExecution(
                        left.record(),
                        left.request(),
                        left.guard(),
                        KeptRuns.of(left.record().id(), temporaryFiles).map(KeptRun::handle));
    }

    /** {@inheritDoc} It goes on here, or with another guard that has taken it up, or a later guard takes it up. */
    @Override
    public boolean goesOn(StoredExecution left) {
        ExecutionId id = left.record().id();
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

    /**
     * Removes the folders of what engines have run for dead guards, and another guard has followed to its end with other folders.
     *
     * @throws IOException if the store cannot be reached
     */
    public void clearEnded(HistorySession session) throws IOException {
        for (Map.Entry<ExecutionId, KeptRun> left :
                KeptRuns.ofEngines(temporaryFiles).entrySet()) {
            ExecutionId id = left.getKey();
            if (session.execution(id)
                    .filter(stored -> stored.record().state().isEnd())
                    .isPresent()) {
                PartialOutput.clear(id, left.getValue().folders());
            }
        }
    }

    /** {@inheritDoc} It is alive until the engine says something else, and is never given up here. */
    @Override
    public void engineGoesOn(StoredExecution left, StoreTakeover store) throws IOException {
        ExecutionHandle handle = left.handle().orElseThrow();
        Destination to = destination;
        if (to == null || to.executions().isClosed()) {
            return;
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
                    left.record().id(),
                    handle.executor());
            return;
        }
        if (!store.take()) {
            return;
        }
        boolean followed = false;
        try {
            followed = engineTakenUp(left, handle, to);
        } finally {
            // Also after an Error: what has this guard's name in the store and is not followed is found by none.
            if (!followed) {
                store.giveBack();
            }
        }
    }

    /** Takes up what the store has given to this guard; its folders may be elsewhere, or gone, and are then made anew. */
    private boolean engineTakenUp(StoredExecution left, ExecutionHandle handle, Destination to) {
        ExecutionId id = left.record().id();
        KeptRun run;
        try {
            Instant startedAt = left.record()
                    .lifecycle()
                    .startedAt()
                    .orElse(left.record().lifecycle().submittedAt());
            Path output = template.fileOf(id, left.request(), startedAt, outputs);
            run = new KeptRun(
                    Workspace.adopt(id, temporaryFiles, output, handle).folders(), handle);
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "{} [{}] is not followed by this guard, as there is no folder for its files: {}",
                    left.record().notebook(),
                    id,
                    e.toString());
            return false;
        }
        boolean stopped = left.record().state() == ExecutionState.TERMINATING;
        return takeUp(left, run, keeps && !stopped, to);
    }

    private boolean takeUp(StoredExecution left, KeptRun run, boolean goesOn, Destination to) {
        ExecutionId id = left.record().id();
        boolean local = LocalHandle.isLocal(run.handle());
        Execution execution;
        Optional<ProcessGroup> group = Optional.empty();
        try {
            group = local ? group(left, run) : Optional.empty();
            execution = to.executions().takeUp(left, run, group, goesOn);
        } catch (RuntimeException | Error e) {
            LOG.warn("{} [{}] cannot be taken up again", left.record().notebook(), id, e);
            group.ifPresent(ProcessGroup::close);
            if (!local) {
                // The store says that it is given back; a word beside its folder would outlive the next guard's taking
                // it.
                return false;
            }
            if (e instanceof GuardException refusal && refusal.code() != ErrorCode.ILLEGAL_STATE) {
                KeptRuns.release(run);
                return false;
            }
            // This guard is being closed, or has no thread or no heap for it: it goes on, and is tried again, here or
            // by another.
            KeptRuns.giveBack(run);
            return true;
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
        // Nothing is started in it: limits that this guard could not keep are no reason to lose the record.
        return Optional.of(tracker.create(id, Allocation.NONE));
    }
}
