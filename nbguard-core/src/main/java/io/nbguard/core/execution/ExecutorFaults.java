package io.nbguard.core.execution;

import io.nbguard.api.event.GuardEvent.PluginMisbehaved.Fault;
import io.nbguard.core.event.PluginFaults;
import io.nbguard.core.event.PluginText;
import io.nbguard.core.plugin.PluginKind;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reports, once per execution and fault, how the executor breaks its contract. Any thread. */
final class ExecutorFaults {

    private final PluginFaults faults;
    private final String executor;
    private final GuardedExecution execution;

    ExecutorFaults(PluginFaults faults, String executor, GuardedExecution execution) {
        this.faults = faults;
        this.executor = executor;
        this.execution = execution;
    }

    /** Reports one. */
    void tell(Fault fault, @Nullable Throwable cause, String consequence) {
        faults.tell(
                PluginKind.EXECUTOR.title(),
                executor,
                fault,
                Optional.of(execution.id()),
                Optional.of(execution.notebook()),
                cause,
                consequence);
    }

    /**
     * Reports a failure that its contract does not allow.
     *
     * @return what is wrong, for the record
     */
    String tell(Throwable failure) {
        if (failure instanceof ExecutorBroken broken) {
            tell(broken.fault(), null, String.valueOf(broken.getMessage()));
            return "executor " + executor + ": " + broken.getMessage();
        }
        tell(Fault.THREW, failure, "it threw " + failure);
        return "executor " + executor + " failed: " + PluginText.bounded(failure.toString());
    }
}
