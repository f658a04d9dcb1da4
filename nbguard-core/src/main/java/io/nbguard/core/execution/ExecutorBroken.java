package io.nbguard.core.execution;

import io.nbguard.api.event.GuardEvent.PluginMisbehaved.Fault;

/** An executor has broken its contract without throwing; the message says how. */
final class ExecutorBroken extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Fault fault;

    ExecutorBroken(Fault fault, String message) {
        super(message);
        this.fault = fault;
    }

    Fault fault() {
        return fault;
    }
}
