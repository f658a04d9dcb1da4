package io.nbguard.core.sampling;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.watchdog.KillScenario;
import io.nbguard.core.measure.Watched;
import io.nbguard.spi.process.ProcessGroup;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An execution over the processes of a {@link FixtureMachine}: it records which processes to end, and ends none. */
final class FixtureNotebook implements Watched {

    private final ExecutionId id;
    private final String name;
    private final ProcessGroup group;
    private final long launchedAt;
    ExecutionState state = ExecutionState.RUNNING;

    @Nullable KillScenario scenario;

    int kills;
    boolean gone;
    long peakBytes;

    FixtureNotebook(ExecutionId id, String name, ProcessGroup group, long launchedAt) {
        this.id = id;
        this.name = name;
        this.group = group;
        this.launchedAt = launchedAt;
    }

    @Override
    public ExecutionId id() {
        return id;
    }

    @Override
    public String notebook() {
        return name;
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
        return state;
    }

    @Override
    public Progress progress() {
        return Progress.NONE;
    }

    @Override
    public long launchedAtNanos() {
        return launchedAt;
    }

    @Override
    public void measured(long peak, long cpuNanos) {
        peakBytes = peak;
    }

    @Override
    public boolean mayBeCondemned() {
        return state == ExecutionState.RUNNING;
    }

    @Override
    public boolean condemn(KillScenario why) {
        if (state.isEnd()) {
            return false;
        }
        scenario = why;
        state = ExecutionState.TERMINATING;
        return true;
    }

    @Override
    public void kill() {
        kills++;
    }

    @Override
    public boolean gone() {
        return gone;
    }
}
