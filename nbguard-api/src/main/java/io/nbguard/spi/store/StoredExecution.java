package io.nbguard.spi.store;

import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.spi.executor.ExecutionHandle;
import java.util.Optional;

/**
 * An execution as it is kept.
 *
 * @param record how it stands
 * @param request what it was asked to run
 * @param guard which guard's it is: so much of its process, in the guard's own form, that a later guard can prove it dead
 * @param handle what finds it again, once it has been launched
 */
public record StoredExecution(
        ExecutionRecord record, ExecutionRequest request, Optional<String> guard, Optional<ExecutionHandle> handle) {}
