package io.nbguard.api.schedule;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.ScheduleId;
import java.time.Instant;
import java.util.Optional;

/**
 * What became of one fire of a schedule, or of several in a row that were skipped for the same reason.
 *
 * @param schedule whose fire
 * @param outcome what became of it
 * @param dueAt when it was due, without jitter; of several, the first
 * @param lastDueAt of several, when the last was due; else the same
 * @param count how many fires this is about; exact up to 100,000 that are noticed at once, and no fewer beyond that
 * @param at when it was acted on; of several, the last
 * @param execution what was started
 * @param message for people, where there is more to say than the outcome does
 */
public record ScheduleFire(
        ScheduleId schedule,
        FireOutcome outcome,
        Instant dueAt,
        Instant lastDueAt,
        long count,
        Instant at,
        Optional<ExecutionId> execution,
        Optional<String> message) {

    @Override
    public String toString() {
        return (count == 1 ? "due " + dueAt : count + " fires due " + dueAt + " to " + lastDueAt) + ": "
                + outcome.text()
                + execution.map(id -> " [" + id.shortForm() + "]").orElse("")
                + message.map(text -> ": " + text).orElse("");
    }
}
