package io.nbguard.core.execution;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.watchdog.KillScenario;
import io.nbguard.core.measure.Watched;
import io.nbguard.spi.process.ProcessGroup;
import java.util.Optional;

/** What the sampling loop and the watchdog see of one execution whose processes are of this machine. */
final class WatchedExecution implements Watched {

    private final GuardedExecution execution;
    private final ProcessGroup group;
    private final Optional<ByteSize> memoryLimit;
    private volatile KernelToll kernelToll = KernelToll.NONE;

    /**
     * Makes it.
     *
     * @param memoryLimit at which the watchdog ends it; empty if it has no limit, or the kernel alone keeps it
     */
    WatchedExecution(GuardedExecution execution, ProcessGroup group, Optional<ByteSize> memoryLimit) {
        this.execution = execution;
        this.group = group;
        this.memoryLimit = memoryLimit;
    }

    /** Returns what the kernel's OOM killer has taken of it. */
    KernelToll kernelToll() {
        return kernelToll;
    }

    @Override
    public ExecutionId id() {
        return execution.id();
    }

    @Override
    public String notebook() {
        return execution.notebook();
    }

    @Override
    public Optional<String> executor() {
        return Optional.of(execution.openExecutor().name());
    }

    @Override
    public int priority() {
        return execution.request().priority();
    }

    @Override
    public Optional<ByteSize> memoryLimit() {
        return memoryLimit;
    }

    @Override
    public ProcessGroup group() {
        return group;
    }

    @Override
    public ExecutionState state() {
        return execution.state();
    }

    @Override
    public Progress progress() {
        return execution.progress();
    }

    @Override
    public long launchedAtNanos() {
        return execution.launchedAtNanos();
    }

    @Override
    public void measured(long peakBytes, long cpuNanos) {
        execution.measured(peakBytes, cpuNanos);
    }

    @Override
    public boolean mayBeCondemned() {
        return execution.lifecycle().mayBeCondemned();
    }

    @Override
    public boolean condemn(KillScenario scenario) {
        return execution.condemn(scenario);
    }

    @Override
    public Optional<KillScenario> condemnation() {
        EndCause cause = execution.lifecycle().cause();
        return cause == null ? Optional.empty() : cause.scenario();
    }

    @Override
    public void kill() {
        execution.kill();
    }

    @Override
    public void takenByKernel(long processes, String where) {
        // One writer, the sampling thread.
        kernelToll = kernelToll.and(processes, where);
    }

    @Override
    public boolean gone() {
        return execution.gone();
    }

    /** Says what it is, for logs and debuggers. */
    @Override
    public String toString() {
        return execution.toString();
    }
}
