package io.nbguard.core.execution;

import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.watchdog.KillScenario;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Why nbguard itself ends an execution: recorded before the first signal, so that the end is judged by it.
 *
 * @param reason the reason in the record
 * @param message one line for people
 * @param scenario what the watchdog saw, if it was the watchdog
 */
record EndCause(EndReason reason, String message, Optional<KillScenario> scenario) {

    static EndCause userStop() {
        return new EndCause(EndReason.USER_STOP, "Stopped by request", Optional.empty());
    }

    static EndCause guardClosed(boolean launched) {
        return new EndCause(
                EndReason.GUARD_CLOSED,
                launched ? "The guard was closed while it ran" : "The guard was closed before it was started",
                Optional.empty());
    }

    static EndCause timeout(Duration allowed) {
        return new EndCause(EndReason.TIMEOUT, "Timed out: ran longer than " + spoken(allowed), Optional.empty());
    }

    static EndCause startTimeout(Duration allowed) {
        return new EndCause(
                EndReason.TIMEOUT,
                "Timed out: its code did not start within " + spoken(allowed) + " of its launch",
                Optional.empty());
    }

    /** Says why one is ended whose guard has died or was closed; {@code left} is how it stood then. */
    static EndCause hostDied(ExecutionRecord left) {
        String why = left.state() == ExecutionState.TERMINATING
                ? ", and was ending it"
                        + left.lifecycle()
                                .message()
                                .map(text -> " (" + text + ")")
                                .orElse("")
                : ", and executions end with their guard here";
        return new EndCause(EndReason.ORPHANED, "The guard that launched it is gone" + why, Optional.empty());
    }

    static EndCause launchTooLong(String executor, Duration allowed) {
        return new EndCause(
                EndReason.START_FAILED,
                "It could not be started: executor " + executor + " did not return from its launch within "
                        + spoken(allowed),
                Optional.empty());
    }

    static EndCause watchdog(String notebook, KillScenario scenario) {
        return new EndCause(
                EndReason.WATCHDOG_MEMORY, "OOM Prevention: Terminated ".concat(notebook), Optional.of(scenario));
    }

    static EndCause emergency(String why) {
        return new EndCause(EndReason.EMERGENCY, "Emergency shutdown: " + why, Optional.empty());
    }

    private static String spoken(Duration duration) {
        return duration.toString().substring(2).toLowerCase(Locale.ROOT);
    }
}
