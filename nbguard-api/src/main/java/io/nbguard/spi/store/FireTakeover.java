package io.nbguard.spi.store;

import io.nbguard.api.event.EventRecord;
import java.util.List;
import java.util.Optional;

/**
 * What becomes of a fire that a guard has claimed and, as it is dead, not launched.
 *
 * @param ended the execution that the dead guard was to launch, as it has ended
 * @param events the events to publish about it
 * @param successor what another guard starts for the same fire; empty if nothing is
 */
public record FireTakeover(StoredExecution ended, List<EventRecord> events, Optional<FireStart> successor) {

    /** Keeps its own copies. */
    public FireTakeover {
        events = List.copyOf(events);
    }
}
