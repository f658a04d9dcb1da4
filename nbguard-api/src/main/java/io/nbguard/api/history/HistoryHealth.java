package io.nbguard.api.history;

import java.util.Optional;

/**
 * How the history store does.
 *
 * @param store its name and where it is, for people
 * @param trouble why it cannot be written to at this moment; empty if it can
 * @param waiting how much waits to be written
 * @param lost how much was not written and never will be, because too much waited; events and usage, never executions
 */
public record HistoryHealth(String store, Optional<String> trouble, long waiting, long lost) {}
