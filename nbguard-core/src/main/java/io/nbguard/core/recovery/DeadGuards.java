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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to what guards that were killed have left in a store as if it ran: what is not to go on is killed, if it still lives,
 * and recorded as lost. So nothing is shown as running for ever (spec F9).
 *
 * <p>A guard is dead if its process is proved to be: it is gone (same machine, same PID namespace), or the machine was started
 * anew since. One whose process cannot be looked at from here, as after a restart of the container, is taken to be dead when it
 * has been silent: a guard that lives writes what its executions use once a second. Should it live after all, it writes them anew
 * with their next change. Silence is no proof for what engines run: that is left as it is, and the log says what a person can do.
 * A guard that lives is left alone.
 *
 * <p>What engines run is given to this guard in the store before anything is done with it ({@link HistorySession#reassign}): of
 * several guards that look at once, one gets it. Safe for use by any thread.
 */
public final class DeadGuards {

    private static final Logger LOG = LoggerFactory.getLogger(DeadGuards.class);
    private static final Duration SILENCE = Duration.ofMinutes(2);
    // A guard that runs nothing at the moment has no usage to write.
    private static final Duration SILENCE_OF_WAITING = Duration.ofMinutes(10);

    private final Optional<FolderOwner> self;
    private final OrphanReaper orphanReaper;
    private final BiPredicate<ExecutionId, FolderOwner> givenBack;
    private final Recovery recovery;
    private final Function<StoredExecution, Optional<Path>> partialOutput;
    private final GuardClock clock;
    private final Optional<String> guard;
    private final UnlaunchedFires fires;
    // One look at a time: two would take up the same execution.
    private final ReentrantLock looking = new ReentrantLock();
    // What may be this guard's in the store, as it has asked for that, or could not give it back, and is not followed
    // by it.
    private final Set<ExecutionId> unsure = ConcurrentHashMap.newKeySet();
    // The guards of which it was told that they may live or not.
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    /** Goes on with executions that dead guards of this machine, or guards that gave them back, have left. */
    public interface Recovery {

        /** Returns an execution with the handle that was kept beside its folder, where the store has none. */
        StoredExecution withHandle(StoredExecution left);

        /** Returns whether an execution of this machine goes on, and sees to it. */
        boolean goesOn(StoredExecution left);

        /**
         * Goes on with an execution of an engine, if this guard can.
         *
         * @param store makes the execution this guard's first
         * @throws IOException if the store cannot be reached: it is tried again later
         */
        void engineGoesOn(StoredExecution left, StoreTakeover store) throws IOException;
    }

    /**
     * Makes one.
     *
     * @param self this guard's process; without it no other guard can be proved dead
     * @param guard who this guard is, as in stored executions; another one than every other guard's
     * @param givenBack says whether a guard whose process lives has left an execution to others
     * @param recovery goes on with executions
     * @param partialOutput finds and keeps the partial notebook of an execution of a dead guard of this machine
     */
    public DeadGuards(
            Optional<FolderOwner> self,
            Optional<String> guard,
            OrphanReaper orphanReaper,
            BiPredicate<ExecutionId, FolderOwner> givenBack,
            Recovery recovery,
            Function<StoredExecution, Optional<Path>> partialOutput,
            GuardClock clock) {
        this.self = self;
        this.guard = guard;
        this.orphanReaper = orphanReaper;
        this.givenBack = givenBack;
        this.recovery = recovery;
        this.partialOutput = partialOutput;
        this.clock = clock;
        fires = new UnlaunchedFires(guard, clock);
    }

    /**
     * Looks through what a store has as unfinished.
     *
     * @param own says which are this guard's
     * @throws IOException if the store cannot be reached
     */
    public void look(HistorySession session, Predicate<ExecutionId> own) throws IOException {
        looking.lock();
        try {
            lookAlone(session, own);
        } finally {
            looking.unlock();
        }
    }

    private void lookAlone(HistorySession session, Predicate<ExecutionId> own) throws IOException {
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
                } else if (isUnfinished(execution, session)) {
                    seeTo(execution, guard.death(), session);
                }
            }
        }
    }

    private void seeTo(StoredExecution stored, Death death, HistorySession session) throws IOException {
        StoredExecution left = death.isOfThisMachine() ? recovery.withHandle(stored) : stored;
        if (isOfEngine(left)) {
            if (death != Death.SILENT) {
                recovery.engineGoesOn(left, takeover(left, session));
            }
        } else if (!death.isOfThisMachine() || !recovery.goesOn(left)) {
            settle(left, death, session);
        }
    }

    /** Returns what makes an execution this guard's in the store. */
    private StoreTakeover takeover(StoredExecution left, HistorySession session) {
        ExecutionId id = left.record().id();
        return new StoreTakeover() {
            @Override
            public boolean take() throws IOException {
                if (guard.isEmpty() || left.guard().isEmpty()) {
                    return false;
                }
                unsure.add(id);
                boolean taken = session.reassign(id, left.guard().get(), guard.get());
                unsure.remove(id);
                return taken;
            }

            @Override
            public void giveBack() throws IOException {
                unsure.add(id);
                session.reassign(id, guard.orElseThrow(), UnlaunchedFires.GIVEN_BACK);
                unsure.remove(id);
            }
        };
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

    /** What is known of the death of a guard. */
    private enum Death {
        /** Its process is gone, or it lives and has given executions back: what they have left can be looked for here. */
        HERE,
        /** This machine was started anew since: no process of it is left. */
        EARLIER_BOOT,
        /** It has left executions to any other guard, by a word in the store. */
        GAVE_BACK,
        /** It cannot be looked at from here, and writes nothing. */
        SILENT;

        boolean isOfThisMachine() {
            return this == HERE || this == EARLIER_BOOT;
        }
    }

    /**
     * A guard that is dead, or has given something back.
     *
     * @param left what it has not ended
     */
    private record Dead(List<StoredExecution> left, Death death) {}

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
            dead(entry.getKey(), entry.getValue(), session).ifPresent(dead::add);
        }
        return dead;
    }

    private Optional<Dead> dead(String text, List<StoredExecution> all, HistorySession session) throws IOException {
        if (text.equals(UnlaunchedFires.GIVEN_BACK)) {
            return Optional.of(new Dead(all, Death.GAVE_BACK));
        }
        Optional<FolderOwner> other = FolderOwner.parse(text);
        if (self.isPresent() && other.isPresent()) {
            if (other.get().isSeenFrom(self.get())) {
                return other.get().isDead(self.get())
                        ? Optional.of(new Dead(all, Death.HERE))
                        : some(all, execution -> isFree(execution, text, other.get()));
            }
            if (other.get().isDead(self.get())) {
                return Optional.of(new Dead(all, Death.EARLIER_BOOT));
            }
        }
        if (other.isPresent()) {
            // Its process cannot be looked at from here, and it has given them back in a folder that both see.
            List<StoredExecution> left = all.stream()
                    .filter(DeadGuards::isOfEngine)
                    .filter(execution -> givenBack.test(execution.record().id(), other.get()))
                    .toList();
            if (!left.isEmpty()) {
                return Optional.of(new Dead(left, Death.GAVE_BACK));
            }
        }
        tellNoProof(
                text,
                all.stream()
                        .filter(DeadGuards::isOfEngine)
                        .map(StoredExecution::record)
                        .toList());
        return isSilent(all, session) ? Optional.of(new Dead(all, Death.SILENT)) : Optional.empty();
    }

    private static Optional<Dead> some(List<StoredExecution> all, Predicate<StoredExecution> which) {
        List<StoredExecution> some = all.stream().filter(which).toList();
        return some.isEmpty() ? Optional.empty() : Optional.of(new Dead(some, Death.HERE));
    }

    /** Returns whether an execution of a guard whose process lives may be had, or is this guard's without its knowing. */
    private boolean isFree(StoredExecution execution, String text, FolderOwner owner) {
        ExecutionId id = execution.record().id();
        return guard.filter(text::equals).isPresent() ? unsure.contains(id) : givenBack.test(id, owner);
    }

    /** Says once of a guard that it is not known whether what engines run for it is followed, and what a person can do. */
    private void tellNoProof(String text, List<ExecutionRecord> ofEngines) {
        if (ofEngines.isEmpty() || !told.add(text)) {
            return;
        }
        ExecutionRecord one = ofEngines.get(0);
        LOG.info(
                "{} execution(s) that engines run, such as {} [{}] by executor {}, are of a guard on another machine or in another"
                        + " container. It cannot be found out from here whether that guard lives, so they stay with it. If it is"
                        + " gone for good, set their column guard to '{}' in the history store: within a minute a guard with that"
                        + " executor follows them",
                ofEngines.size(),
                one.notebook(),
                one.id(),
                one.executor().orElse("(unknown)"),
                UnlaunchedFires.GIVEN_BACK);
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
    private void settle(StoredExecution execution, Death death, HistorySession session) throws IOException {
        ExecutionRecord record = execution.record();
        OrphanReaper.End end = death == Death.HERE
                ? orphanReaper.end(record.id(), execution.handle().flatMap(LocalHandle::root))
                : OrphanReaper.End.NOTHING_LEFT;
        Optional<Path> output = death.isOfThisMachine() ? partialOutput.apply(execution) : Optional.empty();
        Instant now = clock.instant();
        Instant endedAt =
                end == OrphanReaper.End.NOTHING_LEFT ? lastSeen(record, session).orElse(now) : now;
        String message = (death == Death.EARLIER_BOOT
                        ? "The machine was started anew while it ran: it ended with the guard that ran it"
                        : "The process of the guard that ran it is gone: it crashed or was killed")
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
