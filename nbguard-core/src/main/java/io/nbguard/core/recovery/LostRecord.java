package io.nbguard.core.recovery;

import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.ExecutionLifecycle;
import io.nbguard.api.execution.ExecutionOutcome;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionState;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** The record of an execution that ended with its guard, or was never launched. */
final class LostRecord {

    private LostRecord() {}

    static ExecutionRecord of(ExecutionRecord record, Instant endedAt, String message, Optional<Path> output) {
        ExecutionLifecycle lifecycle = record.lifecycle();
        ExecutionOutcome outcome = record.outcome();
        return new ExecutionRecord(
                record.id(),
                record.notebook(),
                record.owner(),
                record.schedule(),
                record.executor(),
                new ExecutionLifecycle(
                        ExecutionState.LOST,
                        Optional.of(message),
                        lifecycle.submittedAt(),
                        lifecycle.startedAt(),
                        Optional.of(endedAt)),
                record.progress(),
                record.usage(),
                new ExecutionOutcome(
                        Optional.of(EndReason.ORPHANED),
                        outcome.error(),
                        outcome.exitCode(),
                        output,
                        outcome.killScenario(),
                        outcome.engine()));
    }
}
