package io.nbguard.api;

import java.time.Instant;
import java.util.Optional;

/**
 * An event as it is kept.
 *
 * @param at when it happened
 * @param type which {@link GuardEvent}, by the simple name of its class, such as {@code Terminated}
 * @param execution the execution that it is about, if it is about one
 * @param notebook its notebook
 * @param message for people
 */
public record EventRecord(
        Instant at, String type, Optional<ExecutionId> execution, Optional<String> notebook, String message) {}
