package io.nbguard.core.schedule;

import io.nbguard.api.event.GuardEvent.PluginMisbehaved.Fault;
import org.jspecify.annotations.Nullable;

/** A trigger has broken its contract; the message says how. */
final class TriggerBroken extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Fault fault;

    TriggerBroken(Fault fault, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.fault = fault;
    }

    Fault fault() {
        return fault;
    }
}
