package io.nbguard.core.execution;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.execution.StopMode;
import io.nbguard.api.measure.Progress;
import java.util.concurrent.CompletableFuture;

/** What a user of the guard holds of one execution. */
public final class UserExecution implements Execution {

    private final GuardedExecution execution;

    /** Makes the user's part of an execution. */
    public UserExecution(GuardedExecution execution) {
        this.execution = execution;
    }

    /** Returns the execution itself. */
    public GuardedExecution guarded() {
        return execution;
    }

    @Override
    public ExecutionId id() {
        return execution.id();
    }

    @Override
    public ExecutionRequest request() {
        return execution.request();
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
    public ExecutionRecord record() {
        return execution.record();
    }

    @Override
    public CompletableFuture<ExecutionRecord> completion() {
        return execution.completion();
    }

    @Override
    public CompletableFuture<ExecutionRecord> stop(StopMode mode) {
        execution.stop(mode);
        return completion();
    }

    /** Says what it is, for logs and debuggers. */
    @Override
    public String toString() {
        return execution.toString();
    }
}
