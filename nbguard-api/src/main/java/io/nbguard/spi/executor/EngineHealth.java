package io.nbguard.spi.executor;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Whether an executor's engine answers.
 *
 * @param reachable whether it answered when it was asked last
 * @param since since when that is so; empty for as long as the session exists
 * @param finding what was found, for a person; empty if there is nothing to say
 */
public record EngineHealth(boolean reachable, Optional<Instant> since, String finding) {

    /** Checks that nothing is null. */
    public EngineHealth {
        Objects.requireNonNull(since, "since");
        Objects.requireNonNull(finding, "finding");
    }

    /** An engine that answers. */
    public static final EngineHealth REACHABLE = new EngineHealth(true, Optional.empty(), "");

    /** Returns the health of an engine that does not answer. */
    public static EngineHealth unreachable(Instant since, String finding) {
        return new EngineHealth(false, Optional.of(since), finding);
    }
}
