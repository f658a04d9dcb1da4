package io.nbguard.benchmarks.jmh;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.watchdog.KillScenario;
import io.nbguard.core.measure.Watched;
import io.nbguard.spi.process.ProcessGroup;
import java.util.Optional;

/** A tree that runs as long as it is measured and cannot be killed. */
final class WatchedTree implements Watched {

    private final ExecutionId id = ExecutionId.random();
    private final ProcessGroup group;

    WatchedTree(ProcessGroup group) {
        this.group = group;
    }

    @Override
    public ExecutionId id() {
        return id;
    }

    @Override
    public String notebook() {
        return "benchmark.ipynb";
    }

    @Override
    public int priority() {
        return 0;
    }

    @Override
    public Optional<ByteSize> memoryLimit() {
        return Optional.empty();
    }

    @Override
    public ProcessGroup group() {
        return group;
    }

    @Override
    public ExecutionState state() {
        return ExecutionState.RUNNING;
    }

    @Override
    public Progress progress() {
        return Progress.NONE;
    }

    @Override
    public long launchedAtNanos() {
        return 0;
    }

    @Override
    public void measured(long rssBytes, long cpuNanos) {}

    @Override
    public boolean mayBeCondemned() {
        return true;
    }

    @Override
    public boolean condemn(KillScenario scenario) {
        return false;
    }

    @Override
    public void kill() {}

    @Override
    public boolean gone() {
        return false;
    }
}
