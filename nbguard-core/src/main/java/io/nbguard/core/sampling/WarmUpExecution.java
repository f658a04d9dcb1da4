package io.nbguard.core.sampling;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.watchdog.KillScenario;
import io.nbguard.core.measure.Watched;
import io.nbguard.spi.process.GroupUsage;
import io.nbguard.spi.process.ProcessGroup;
import io.nbguard.spi.process.ProcessIdentity;
import java.time.Duration;
import java.util.Optional;

/** An execution that exists in a {@link WarmUp} only: numbers, and nothing that could be signalled. */
final class WarmUpExecution implements Watched {

    private static final int PROCESSES = 4;
    private static final String COMMAND = "warm-up";

    private final ExecutionId id = ExecutionId.random();
    private final GroupUsage usage = new GroupUsage();
    private final Group group = new Group();
    private final long launchedAtNanos;
    private ExecutionState state = ExecutionState.RUNNING;
    long bytes;

    WarmUpExecution(long bytes, long launchedAtNanos) {
        this.bytes = bytes;
        this.launchedAtNanos = launchedAtNanos;
    }

    /** Is sampled. */
    void fill(long cpuNanos) {
        usage.begin();
        if (state != ExecutionState.KILLED) {
            for (int i = 0; i < PROCESSES; i++) {
                long rss = state == ExecutionState.TERMINATING ? 0 : bytes / PROCESSES;
                usage.add(i + 1, 1, 1, rss, rss, cpuNanos, 1, 'S', COMMAND);
            }
        }
        usage.finish(cpuNanos);
    }

    /** Dies, if it was killed. */
    boolean dies() {
        boolean dies = state == ExecutionState.TERMINATING;
        if (dies) {
            state = ExecutionState.KILLED;
            bytes = 0;
        }
        return dies;
    }

    @Override
    public ExecutionId id() {
        return id;
    }

    @Override
    public String notebook() {
        return COMMAND;
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
    public boolean mayBeCondemned() {
        return state == ExecutionState.RUNNING;
    }

    @Override
    public Progress progress() {
        return Progress.NONE;
    }

    @Override
    public long launchedAtNanos() {
        return launchedAtNanos;
    }

    @Override
    public void measured(long peakBytes, long cpuNanos) {}

    @Override
    public boolean isShown() {
        return false;
    }

    @Override
    public boolean condemn(KillScenario scenario) {
        state = ExecutionState.TERMINATING;
        return true;
    }

    @Override
    public boolean gone() {
        return state == ExecutionState.KILLED;
    }

    @Override
    public void kill() {}

    /** Its processes, of which there are none. */
    private final class Group implements ProcessGroup {

        @Override
        public int kill() {
            return PROCESSES;
        }

        @Override
        public Process start(ProcessBuilder builder) {
            throw new UnsupportedOperationException("nothing is started in a warm-up");
        }

        @Override
        public Optional<ProcessIdentity> root() {
            return Optional.empty();
        }

        @Override
        public GroupUsage usage() {
            return usage;
        }

        @Override
        public long measurePss() {
            return bytes;
        }

        @Override
        public boolean killAndConfirm(Duration rootGrace, Duration timeout) {
            return true;
        }

        @Override
        public boolean isEmpty() {
            return gone();
        }

        @Override
        public void close() {}
    }
}
