package io.nbguard.core.recovery;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardClock;
import io.nbguard.api.GuardException;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.event.EventRecord;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.schedule.FireOutcome;
import io.nbguard.api.schedule.ScheduleFire;
import io.nbguard.api.schedule.ScheduleSpec;
import io.nbguard.core.schedule.FireSuccessors;
import io.nbguard.spi.store.FireStart;
import io.nbguard.spi.store.FireTakeover;
import io.nbguard.spi.store.HistorySession;
import io.nbguard.spi.store.StoredExecution;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over fires that dead guards have claimed and not launched: within the misfire grace another execution is started for
 * them, later they are recorded as skipped. The store decides: a fire that was launched is not taken over.
 */
public final class UnlaunchedFires {

    private static final Logger LOG = LoggerFactory.getLogger(UnlaunchedFires.class);

    /** Whose an execution is that its guard has claimed, and given back when it was closed. */
    static final String GIVEN_BACK = "given back";

    private final Optional<String> guard;
    private final GuardClock clock;
    // Successors of which it is not known whether the store has taken them. Only the thread that passes a {@link
    // FireSuccessors} other than NONE adds any.
    private final Map<ExecutionId, FireSuccessors.Successor> unsure = new HashMap<>();

    /** Makes it; {@code guard} is who takes over, as in stored executions. */
    UnlaunchedFires(Optional<String> guard, GuardClock clock) {
        this.guard = guard;
        this.clock = clock;
    }

    /** Starts what the store has taken, as it turns out now. */
    void startTheTaken(Map<ExecutionId, FireStart> notLaunched, HistorySession session) throws IOException {
        for (ExecutionId id : List.copyOf(unsure.keySet())) {
            FireSuccessors.Successor successor = unsure.remove(id);
            FireStart taken = notLaunched.get(id);
            if (successor != null && taken != null) {
                start(successor, taken, session);
            }
        }
    }

    /**
     * Takes a fire over, or leaves it to a guard that can.
     *
     * @param schedules the schedules of the store
     * @param successors starts executions; one that does not have the schedule leaves the fire while it is in time
     */
    void settle(
            FireStart left, Map<ScheduleId, ScheduleSpec> schedules, HistorySession session, FireSuccessors successors)
            throws IOException {
        Optional<ScheduleId> id = left.execution().record().schedule();
        ScheduleSpec spec = id.map(schedules::get).orElse(null);
        Instant now = clock.instant();
        if (id.isEmpty() || spec == null) {
            end(left, "its schedule was removed", Optional.empty(), Optional.empty(), session);
        } else if (now.isAfter(spec.lateAfter(left.dueAt()))) {
            String reason = isGivenBack(left)
                    ? "the guard that had claimed it was closed before it launched it, and no other took it over in time"
                    : "the guard that had claimed it died before it launched it";
            end(
                    left,
                    "its fire is too late by now, and is skipped",
                    Optional.of(tooLate(left, id.get(), reason, now)),
                    Optional.empty(),
                    session);
        } else {
            startAnother(left, id.get(), session, successors);
        }
    }

    private static boolean isGivenBack(FireStart left) {
        return left.execution().guard().filter(GIVEN_BACK::equals).isPresent();
    }

    private static ScheduleFire tooLate(FireStart left, ScheduleId id, String reason, Instant now) {
        return new ScheduleFire(
                id, FireOutcome.TOO_LATE, left.dueAt(), left.dueAt(), 1, now, Optional.empty(), Optional.of(reason));
    }

    /** Returns an execution as one that any guard may take over at once. */
    public static StoredExecution givenBack(StoredExecution execution) {
        return new StoredExecution(
                execution.record(), execution.request(), Optional.of(GIVEN_BACK), execution.handle());
    }

    /**
     * Returns what ends an execution that its own guard has claimed, and does not launch.
     *
     * @param why for people
     * @param skipped whether its fire is recorded as skipped, for being too late
     */
    public static FireTakeover notLaunched(FireStart left, String why, boolean skipped, Instant now) {
        Optional<ScheduleFire> fire = skipped
                ? left.execution()
                        .record()
                        .schedule()
                        .map(id -> tooLate(left, id, "it could not be claimed in the history store: " + why, now))
                : Optional.empty();
        return ended(left, "It was never launched: " + why, fire, Optional.empty(), now);
    }

    private static FireTakeover ended(
            FireStart left,
            String message,
            Optional<ScheduleFire> skipped,
            Optional<FireStart> successor,
            Instant now) {
        StoredExecution execution = left.execution();
        ExecutionRecord record = execution.record();
        ExecutionRecord lost = LostRecord.of(record, now, message, Optional.empty());
        List<EventRecord> events = new ArrayList<>();
        events.add(EventRecord.of(new GuardEvent.ExecutionChanged(now, Optional.of(record.state()), lost)));
        skipped.ifPresent(
                fire -> events.add(EventRecord.of(new GuardEvent.ScheduleSkipped(now, record.notebook(), fire))));
        return new FireTakeover(
                new StoredExecution(lost, execution.request(), execution.guard(), execution.handle()),
                events,
                successor);
    }

    private void startAnother(FireStart left, ScheduleId id, HistorySession session, FireSuccessors successors)
            throws IOException {
        Optional<FireSuccessors.Successor> found;
        try {
            found = successors.successorFor(id, left.dueAt());
        } catch (GuardException e) {
            LOG.debug("the fire of {} at {} is taken over later, or by another guard", id, left.dueAt(), e);
            return;
        }
        if (found.isEmpty()) {
            return;
        }
        FireSuccessors.Successor successor = found.get();
        ExecutionId successorId = successor.execution().id();
        StoredExecution stored = new StoredExecution(
                successor.execution().record(), successor.execution().request(), guard, Optional.empty());
        unsure.put(successorId, successor);
        boolean taken = end(
                left,
                "its fire is given to another guard, as execution " + successorId,
                Optional.empty(),
                Optional.of(new FireStart(stored, left.dueAt())),
                session);
        unsure.remove(successorId);
        if (taken) {
            start(successor, new FireStart(stored, left.dueAt()), session);
        }
    }

    private void start(FireSuccessors.Successor successor, FireStart taken, HistorySession session) throws IOException {
        try {
            successor.start();
        } catch (RuntimeException | Error e) {
            LOG.error("{} could not be started in the place of one that was never launched", successor.execution(), e);
            session.takeOver(notLaunched(taken, "it could not be started: " + e, false, clock.instant()));
        }
    }

    private boolean end(
            FireStart left,
            String what,
            Optional<ScheduleFire> skipped,
            Optional<FireStart> successor,
            HistorySession session)
            throws IOException {
        ExecutionRecord record = left.execution().record();
        String whose = isGivenBack(left)
                ? "The guard that was to launch it was closed before; "
                : "The process of the guard that was to launch it is gone: it crashed or was killed; ";
        boolean done = session.takeOver(ended(left, whose + what, skipped, successor, clock.instant()));
        if (done) {
            LOG.warn("{} [{}] was never launched: {}", record.notebook(), record.id(), what);
        }
        return done;
    }
}
