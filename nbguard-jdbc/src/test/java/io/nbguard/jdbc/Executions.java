package io.nbguard.jdbc;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.execution.ExecutionLifecycle;
import io.nbguard.api.execution.ExecutionOutcome;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.CpuTime;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.measure.UsageTotals;
import io.nbguard.spi.store.StoredExecution;
import java.time.Instant;
import java.util.Optional;

/** Makes plain executions, each with an id of its own. */
final class Executions {

    private int made;

    StoredExecution execution(String notebook, ExecutionState state, Instant submitted) {
        return execution(nextId(), notebook, state, submitted, Optional.empty(), Optional.empty());
    }

    private String nextId() {
        made++;
        return "run-" + made;
    }

    static StoredExecution running(String id, Instant submitted) {
        return execution(id, "a.ipynb", ExecutionState.RUNNING, submitted, Optional.empty(), Optional.empty());
    }

    StoredExecution execution(String notebook, ExecutionState state, Instant submitted, String owner, String schedule) {
        return execution(
                nextId(), notebook, state, submitted, Optional.of(owner), Optional.of(new ScheduleId(schedule)));
    }

    private static StoredExecution execution(
            String id,
            String notebook,
            ExecutionState state,
            Instant submitted,
            Optional<String> owner,
            Optional<ScheduleId> schedule) {
        ExecutionRecord record = new ExecutionRecord(
                new ExecutionId(id),
                notebook,
                owner,
                schedule,
                Optional.empty(),
                new ExecutionLifecycle(
                        state,
                        Optional.empty(),
                        submitted,
                        Optional.of(submitted),
                        state.isEnd() ? Optional.of(submitted.plusSeconds(1)) : Optional.empty()),
                Progress.NONE,
                new UsageTotals(Optional.of(ByteSize.ZERO), Optional.of(CpuTime.ZERO)),
                ExecutionOutcome.NONE);
        return new StoredExecution(record, ExecutionRequest.of(notebook).build(), Optional.of("me"), Optional.empty());
    }

    static StoredExecution ended(StoredExecution before, ExecutionState state, Instant time) {
        ExecutionRecord old = before.record();
        ExecutionRecord record = new ExecutionRecord(
                old.id(),
                old.notebook(),
                old.owner(),
                old.schedule(),
                old.executor(),
                new ExecutionLifecycle(
                        state,
                        old.lifecycle().message(),
                        old.lifecycle().submittedAt(),
                        old.lifecycle().startedAt(),
                        Optional.of(time)),
                old.progress(),
                old.usage(),
                old.outcome());
        return new StoredExecution(record, before.request(), before.guard(), before.handle());
    }
}
