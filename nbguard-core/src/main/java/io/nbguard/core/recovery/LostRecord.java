package io.nbguard.core.recovery;

import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionState;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** The record of an execution that ended with its guard, or was never launched. */
final class LostRecord {

    private LostRecord() {}

    static ExecutionRecord of(ExecutionRecord record, Instant endedAt, String message, Optional<Path> output) {
        return new ExecutionRecord(
                record.id(),
                record.notebook(),
                record.owner(),
                record.schedule(),
                ExecutionState.LOST,
                Optional.of(EndReason.ORPHANED),
                Optional.of(message),
                record.error(),
                record.exitCode(),
                output,
                record.submittedAt(),
                record.startedAt(),
                Optional.of(endedAt),
                record.progress(),
                record.peakMemory(),
                record.cpuTime(),
                record.killScenario(),
                record.executor(),
                record.engine());
    }
}
