package io.nbguard.spi.store;

import java.time.Instant;

/**
 * An execution that is to be started for a fire of a schedule.
 *
 * @param execution the execution
 * @param dueAt when the fire was due
 */
public record FireStart(StoredExecution execution, Instant dueAt) {}
