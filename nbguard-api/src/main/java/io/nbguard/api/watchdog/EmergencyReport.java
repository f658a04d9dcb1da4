package io.nbguard.api.watchdog;

import io.nbguard.api.ExecutionId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What an emergency shutdown did.
 *
 * @param at when it was begun
 * @param reason why, in the words of the caller
 * @param ended the executions that had not ended when it began, running and queued, which it ended; empty if there was none
 * @param survivors those of them of which something was still alive when the time was up; empty as a rule
 * @param took from the first signal to the last confirmed death, or until the time was up
 * @param persisted the file that keeps this report; empty if it could not be written, which the log says, or nothing was
 *     there to end
 */
public record EmergencyReport(
        Instant at,
        String reason,
        List<ExecutionId> ended,
        List<ExecutionId> survivors,
        Duration took,
        Optional<Path> persisted) {

    /** Keeps its own copies. */
    public EmergencyReport {
        ended = List.copyOf(ended);
        survivors = List.copyOf(survivors);
    }
}
