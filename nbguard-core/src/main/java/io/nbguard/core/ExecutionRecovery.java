package io.nbguard.core;

import io.nbguard.api.Execution;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.ExecutionState;
import io.nbguard.api.resource.Allocation;
import io.nbguard.core.execution.Executions;
import io.nbguard.core.execution.KeptRun;
import io.nbguard.core.schedule.Scheduler;
import io.nbguard.spi.ProcessGroup;
import io.nbguard.spi.StoredExecution;
import io.nbguard.spi.TrackerSession;
import io.nbguard.spi.UnavailableException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes up what dead guards have launched to outlive them ({@link HostDeath#KEEP}). */
final class ExecutionRecovery {

    private static final Logger LOG = LoggerFactory.getLogger(ExecutionRecovery.class);

    private record Heirs(Executions executions, Scheduler scheduler) {}

    private final GuardSettings settings;
    private final TrackerSession tracker;
    private volatile @Nullable Heirs heirs;

    ExecutionRecovery(GuardSettings settings, TrackerSession tracker) {
        this.settings = settings;
        this.tracker = tracker;
    }

    /** Has everything taken up from now on. */
    void goesTo(Executions executions, Scheduler scheduler) {
        heirs = new Heirs(executions, scheduler);
    }

    /**
     * Takes up an execution of a dead guard.
     *
     * @return whether it goes on, here or with another guard that has taken it up
     */
    boolean goesOn(StoredExecution left) {
        ExecutionId id = left.record().id();
        Heirs to = heirs;
        if (to != null && to.executions().isClosed()) {
            // It is for the next guard to see to.
            return true;
        }
        // The store may be behind: what was left of it says whether it was launched.
        if (to != null && left.record().state() != ExecutionState.TERMINATING) {
            Optional<KeptRun> run = KeptRun.takeOver(id, settings.temporaryFiles());
            if (run.isPresent()) {
                return takeUp(left, run.get(), to);
            }
        }
        return KeptRun.isHeld(id, settings.temporaryFiles());
    }

    private boolean takeUp(StoredExecution left, KeptRun run, Heirs to) {
        ExecutionId id = left.record().id();
        try {
            Execution execution = to.executions().takeUp(left, run.folders(), group(left, run));
            left.record().schedule().ifPresent(schedule -> to.scheduler().goesOn(schedule, execution));
            return true;
        } catch (RuntimeException e) {
            LOG.warn("{} [{}] cannot be taken up again", left.record().notebook(), id, e);
            run.release();
            return false;
        }
    }

    /** Returns what lives of it, or an empty group. */
    private ProcessGroup group(StoredExecution left, KeptRun run) {
        ExecutionId id = left.record().id();
        try {
            ProcessGroup group = tracker.attach(id, run.root());
            // What its guard had frozen would stand still for ever.
            group.applyHolds();
            return group;
        } catch (UnavailableException e) {
            LOG.debug("{} has ended meanwhile", id, e);
            return tracker.create(id, Allocation.of(left.request().limits()));
        }
    }
}
