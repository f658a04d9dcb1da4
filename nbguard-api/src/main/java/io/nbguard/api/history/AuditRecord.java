package io.nbguard.api.history;

import java.time.Instant;

/**
 * A requested change: the caller, and the result.
 *
 * @param at when
 * @param actor who, in the host's words, such as {@code operator}
 * @param origin where from, such as an address
 * @param action what, such as {@code execution.start}
 * @param target to what, such as a notebook or an id
 * @param outcome what came of it, such as {@code accepted}, or why it was refused
 */
public record AuditRecord(Instant at, String actor, String origin, String action, String target, String outcome) {}
