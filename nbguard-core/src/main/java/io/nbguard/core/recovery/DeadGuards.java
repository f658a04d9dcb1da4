package io.nbguard.core.recovery;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardClock;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.event.EventRecord;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.history.UsagePoint;
import io.nbguard.api.schedule.ScheduleSpec;
import io.nbguard.core.schedule.FireSuccessors;
import io.nbguard.core.workspace.FolderOwner;
import io.nbguard.core.workspace.LocalHandle;
import io.nbguard.spi.store.FireStart;
import io.nbguard.spi.store.HistoryEntry;
import io.nbguard.spi.store.HistorySession;
import io.nbguard.spi.store.StoredExecution;
import io.nbguard.spi.store.StoredSchedule;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to what guards that were killed have left in a store as if it ran: what is not to go on is killed, if it still lives,
 * and recorded as lost. So nothing is shown as running for ever (spec F9).
 *
 * <p>A guard is dead if its process is proved to be (same machine, same PID namespace). One whose process cannot be looked
 * at from here, as after a restart of the container or the machine, is taken to be dead when it has been silent: a guard
 * that lives writes what its executions use once a second. Should it live after all, it writes them anew with their next
 * change. A guard that lives is left alone.
 */
public final class DeadGuards {

    private static final Logger LOG = LoggerFactory.getLogger(DeadGuards.class);
    private static final Duration SILENCE = Duration.ofMinutes(2);
    // A guard that runs nothing at the moment has no usage to write.
    private static final Duration SILENCE_OF_WAITING = Duration.ofMinutes(10);

    private final Optional<FolderOwner> self;
    private final OrphanReaper orphanReaper;
    private final Predicate<ExecutionId> givenBack;
    private final Predicate<StoredExecution> goesOn;
    private final Function<StoredExecution, Optional<Path>> recovery;
    private final GuardClock clock;
    private final Optional<String> guard;
    private final UnlaunchedFires fires;

    /**
     * Makes one.
     *
     * @param self this guard's process; without it no other guard can be proved dead
     * @param givenBack says whether a guard of this machine that lives, or whose process does, has left an execution to others
     * @param goesOn says, and sees to it, whether an execution of a dead guard of this machine goes on
     * @param recovery finds and keeps the partial notebook of an execution of a dead guard of this machine
     */
    public DeadGuards(
            Optional<FolderOwner> self,
            OrphanReaper orphanReaper,
            Predicate<ExecutionId> givenBack,
            Predicate<StoredExecution> goesOn,
            Function<StoredExecution, Optional<Path>> recovery,
            GuardClock clock) {
        this.self = self;
        this.orphanReaper = orphanReaper;
        this.givenBack = givenBack;
        this.goesOn = goesOn;
        this.recovery = recovery;
        this.clock = clock;
        guard = self.map(FolderOwner::toText);
        fires = new UnlaunchedFires(guard, clock);
    }

    /**
     * Looks through what a store has as unfinished.
     *
     * @param own says which are this guard's
     * @throws IOException if the store cannot be reached
     */
    public void look(HistorySession session, Predicate<ExecutionId> own) throws IOException {
        List<Dead> dead = dead(session, own);
        if (dead.isEmpty()) {
            return;
        }
        Map<ExecutionId, FireStart> notLaunched = notLaunched(session);
        Map<ScheduleId, ScheduleSpec> schedules = schedules(session);
        for (Dead guard : dead) {
            for (StoredExecution execution : guard.left()) {
                FireStart start = notLaunched.get(execution.record().id());
                if (start != null) {
                    fires.settle(start, schedules, session, FireSuccessors.NONE);
                } else if (isUnfinished(execution, session) && !isAlive(execution, guard.here())) {
                    settle(execution, guard.here(), session);
                }
            }
        }
    }

    /**
     * Reads the fires that guards have claimed and not launched; {@code successors} starts executions for those of dead
     * guards. One thread.
     *
     * @throws IOException if the store cannot be reached
     */
    public void lookAtFires(HistorySession session, FireSuccessors successors) throws IOException {
        Map<ExecutionId, FireStart> notLaunched = notLaunched(session);
        fires.startTheTaken(notLaunched, session);
        // Without an identity of this guard its own fires cannot be recognised.
        if (self.isEmpty()
                || notLaunched.values().stream()
                        .allMatch(start -> start.execution().guard().equals(guard))) {
            return;
        }
        Map<ScheduleId, ScheduleSpec> schedules = schedules(session);
        for (Dead dead : dead(session, id -> false)) {
            for (StoredExecution execution : dead.left()) {
                FireStart start = notLaunched.get(execution.record().id());
                if (start != null) {
                    fires.settle(start, schedules, session, successors);
                }
            }
        }
    }

    /**
     * Returns whether an execution of a dead guard goes on. What an engine runs does, as far as is known: only a guard on the
     * machine that launched it has its files, and finds it again.
     */
    private boolean isAlive(StoredExecution execution, boolean here) {
        return here ? goesOn.test(execution) : isOfEngine(execution);
    }

    private static boolean isOfEngine(StoredExecution execution) {
        return execution.handle().filter(handle -> !LocalHandle.isLocal(handle)).isPresent();
    }

    /** The end of an execution may have been written since it was found. */
    private static boolean isUnfinished(StoredExecution execution, HistorySession session) throws IOException {
        return session.execution(execution.record().id())
                .filter(stored -> !stored.record().state().isEnd())
                .isPresent();
    }

    private static Map<ExecutionId, FireStart> notLaunched(HistorySession session) throws IOException {
        Map<ExecutionId, FireStart> found = new HashMap<>();
        for (FireStart start : session.notLaunched()) {
            found.put(start.execution().record().id(), start);
        }
        return found;
    }

    private static Map<ScheduleId, ScheduleSpec> schedules(HistorySession session) throws IOException {
        Map<ScheduleId, ScheduleSpec> found = new HashMap<>();
        for (StoredSchedule stored : session.schedules()) {
            found.put(stored.schedule().id(), stored.schedule().spec());
        }
        return found;
    }

    /**
     * A guard that is dead, or those that have given back what they do not launch.
     *
     * @param left what it has not ended
     * @param here whether its death is proved, as it was on this machine
     */
    private record Dead(List<StoredExecution> left, boolean here) {}

    private List<Dead> dead(HistorySession session, Predicate<ExecutionId> own) throws IOException {
        Map<String, List<StoredExecution>> byGuard = new LinkedHashMap<>();
        for (StoredExecution execution : session.unfinished()) {
            if (!own.test(execution.record().id())) {
                byGuard.computeIfAbsent(execution.guard().orElse(""), key -> new ArrayList<>())
                        .add(execution);
            }
        }
        List<Dead> dead = new ArrayList<>();
        for (Map.Entry<String, List<StoredExecution>> entry : byGuard.entrySet()) {
            Optional<FolderOwner> guard = FolderOwner.parse(entry.getKey());
            boolean here = self.isPresent() && guard.isPresent() && guard.get().isSeenFrom(self.get());
            if (entry.getKey().equals(UnlaunchedFires.GIVEN_BACK)
                    || (here ? guard.get().isDead(self.get()) : isSilent(entry.getValue(), session))) {
                dead.add(new Dead(entry.getValue(), here));
            } else if (here) {
                List<StoredExecution> free = entry.getValue().stream()
                        .filter(execution -> givenBack.test(execution.record().id()))
                        .toList();
                if (!free.isEmpty()) {
                    dead.add(new Dead(free, true));
                }
            }
        }
        return dead;
    }

    private boolean isSilent(List<StoredExecution> executions, HistorySession session) throws IOException {
        if (executions.stream().anyMatch(DeadGuards::isOfEngine)) {
            // Of those usage is written when their engine says something new, which proves nothing while it does not.
            return false;
        }
        Instant now = clock.instant();
        boolean started = executions.stream()
                .anyMatch(one -> one.record().lifecycle().startedAt().isPresent());
        Instant since = now.minus(started ? SILENCE : SILENCE_OF_WAITING);
        for (StoredExecution execution : executions) {
            ExecutionRecord record = execution.record();
            if (record.lifecycle()
                            .startedAt()
                            .orElse(record.lifecycle().submittedAt())
                            .isAfter(since)
                    || !session.usage(Optional.of(record.id()), since, now.plus(SILENCE), 2)
                            .isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** Ends what is left of an execution, and has it written how it ended. */
    private void settle(StoredExecution execution, boolean here, HistorySession session) throws IOException {
        ExecutionRecord record = execution.record();
        OrphanReaper.End end = here
                ? orphanReaper.end(record.id(), execution.handle().flatMap(LocalHandle::root))
                : OrphanReaper.End.NOTHING_LEFT;
        Optional<Path> output = here ? recovery.apply(execution) : Optional.empty();
        Instant now = clock.instant();
        Instant endedAt =
                end == OrphanReaper.End.NOTHING_LEFT ? lastSeen(record, session).orElse(now) : now;
        String message = "The process of the guard that ran it is gone: it crashed or was killed"
                + switch (end) {
                    case NOTHING_LEFT -> "";
                    case KILLED -> "; what was left of the execution was killed";
                    case SURVIVORS -> "; not every process of the execution could be killed";
                }
                + record.lifecycle().message().map(text -> " (" + text + ")").orElse("");
        ExecutionRecord lost = LostRecord.of(record, endedAt, message, output.or(record.outcome()::output));
        LOG.warn("{} [{}] is recorded as lost. {}", record.notebook(), record.id(), message);
        session.write(List.of(
                new HistoryEntry.OfExecution(
                        new StoredExecution(lost, execution.request(), execution.guard(), execution.handle())),
                new HistoryEntry.OfEvent(
                        EventRecord.of(new GuardEvent.ExecutionChanged(now, Optional.of(record.state()), lost)))));
    }

    /** Returns until when it was seen: time in which no guard looked does not count. */
    private static Optional<Instant> lastSeen(ExecutionRecord record, HistorySession session) throws IOException {
        if (record.lifecycle().startedAt().isEmpty()) {
            return Optional.empty();
        }
        Instant started = record.lifecycle().startedAt().get();
        List<UsagePoint> points =
                session.usage(Optional.of(record.id()), started, started.plus(Duration.ofDays(3650)), 2);
        if (points.isEmpty()) {
            return Optional.of(started);
        }
        UsagePoint last = points.get(points.size() - 1);
        return Optional.of(last.at().plus(last.span()));
    }
}
