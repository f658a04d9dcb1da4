package io.nbguard.spi.policy;

import io.nbguard.api.ExecutionId;

/**
 * A policy's choice.
 *
 * @param id who
 * @param rationale why, in a few words for a person, with the number that decided
 */
public record Victim(ExecutionId id, String rationale) {}
