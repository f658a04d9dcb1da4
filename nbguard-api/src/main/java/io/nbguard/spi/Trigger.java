package io.nbguard.spi;

import java.time.Instant;
import java.util.Optional;

/**
 * Says when a schedule fires. Pure arithmetic: no clock, no state. Misfires, coalescing, jitter and instance limits are
 * the scheduler's.
 */
public interface Trigger extends Plugin {

    /**
     * Returns the first fire time strictly after {@code after}, or nothing if there is none any more.
     *
     * @throws IllegalArgumentException if the expression is not of this trigger's form; the message says what is
     */
    Optional<Instant> nextFireAfter(TriggerSpec spec, Instant after);
}
