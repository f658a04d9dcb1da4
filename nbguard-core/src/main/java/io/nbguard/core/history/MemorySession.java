package io.nbguard.core.history;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.event.EventRecord;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.history.AuditRecord;
import io.nbguard.api.history.HistoryPage;
import io.nbguard.api.history.HistoryQuery;
import io.nbguard.api.history.UsagePoint;
import io.nbguard.spi.store.FireAnswer;
import io.nbguard.spi.store.FireClaim;
import io.nbguard.spi.store.FireStart;
import io.nbguard.spi.store.FireTakeover;
import io.nbguard.spi.store.HistoryEntry;
import io.nbguard.spi.store.HistorySession;
import io.nbguard.spi.store.StoredExecution;
import io.nbguard.spi.store.StoredSchedule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** History in memory, bounded; safe for use by any thread. */
final class MemorySession implements HistorySession {

    /** How many executions, events and audit entries are kept, each. */
    static final int MOST = 10_000;

    /** Of how many executions usage is kept. */
    static final int MOST_WITH_USAGE = 1_000;

    // Bounds what a thousand long runs can take to some 25 MB.
    private static final int POINTS_OF_AN_EXECUTION = 240;
    private static final int POINTS_OF_THE_NODE = 4_000;

    private static final int MOST_REMOVED = 1_000;
    private static final int MOST_CLAIMS = 1_000;

    /** A claim of fires that was made at {@code at}. */
    private record Claimed(String token, Instant at) {}

    /** How far an execution of a claimed fire is. */
    private enum Stage {
        CLAIMED,
        LAUNCHING,
        TAKEN_OVER
    }

    /** A fire that was due at {@code dueAt}, and how far its execution is. */
    private record Fire(Instant dueAt, Stage stage) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final PagedLog<StoredExecution> executions = new PagedLog<>("x");
    private final Map<ExecutionId, Long> numbers = new HashMap<>();
    private final Map<ExecutionId, Fire> fires = new LinkedHashMap<>();
    private final Map<ExecutionId, UsageSeries> usage = new LinkedHashMap<>();
    private final UsageSeries node = new UsageSeries(POINTS_OF_THE_NODE);
    private final Map<ScheduleId, StoredSchedule> schedules = new LinkedHashMap<>();
    private final Map<ScheduleId, NavigableMap<Instant, Claimed>> claims = new HashMap<>();
    private final PagedLog<EventRecord> events = new PagedLog<>("e");
    private final PagedLog<AuditRecord> audit = new PagedLog<>("a");

    private <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String description() {
        return "in memory: the latest " + MOST + " executions and events, until the guard ends";
    }

    // Writing.

    @Override
    public void write(List<HistoryEntry> entries) {
        locked(() -> {
            entries.forEach(this::write);
            return entries;
        });
    }

    private void write(HistoryEntry entry) {
        if (entry instanceof HistoryEntry.OfExecution written) {
            put(written.execution());
        } else if (entry instanceof HistoryEntry.OfUsage written) {
            written.execution().map(this::seriesOf).orElse(node).add(written.point());
        } else if (entry instanceof HistoryEntry.OfEvent written) {
            events.add(written.event());
            trim(events);
        } else if (entry instanceof HistoryEntry.OfSchedule written) {
            put(written.schedule());
        } else if (entry instanceof HistoryEntry.ScheduleRemoved written) {
            remove(written);
        } else if (entry instanceof HistoryEntry.OfAudit written) {
            audit.add(written.entry());
            trim(audit);
        }
    }

    private void put(StoredSchedule written) {
        ScheduleId id = written.schedule().id();
        StoredSchedule there = schedules.get(id);
        StoredSchedule merged = there == null ? written : there.mergedWith(written);
        if (there != null && there.removed() && !merged.removed()) {
            // A new one of this id: its place is the last.
            schedules.remove(id);
        }
        schedules.put(id, merged);
    }

    private void remove(HistoryEntry.ScheduleRemoved removal) {
        StoredSchedule there = schedules.get(removal.schedule());
        if (there == null || there.schedule().createdAt().isAfter(removal.createdAt())) {
            return;
        }
        schedules.put(removal.schedule(), new StoredSchedule(there.schedule(), there.changedAt(), true));
        List<ScheduleId> removed = schedules.values().stream()
                .filter(StoredSchedule::removed)
                .map(stored -> stored.schedule().id())
                .toList();
        removed.stream().limit(Math.max(0, removed.size() - MOST_REMOVED)).forEach(this::forget);
    }

    private void forget(ScheduleId id) {
        schedules.remove(id);
        claims.remove(id);
    }

    @Override
    public FireAnswer claim(FireClaim claim) {
        return locked(() -> {
            ScheduleId id = claim.schedule().schedule().id();
            NavigableMap<Instant, Claimed> made = claims.computeIfAbsent(id, key -> new TreeMap<>());
            made.headMap(claim.uselessBefore()).clear();
            made.values().removeIf(one -> one.at().isAfter(claim.at().plus(FireClaim.WRONG_CLOCK)));
            Optional<String> token =
                    Optional.ofNullable(made.get(claim.first())).map(Claimed::token);
            FireAnswer answer = claim.judge(Optional.ofNullable(schedules.get(id)), token, underWay(id));
            if (answer instanceof FireAnswer.Claimed && token.isEmpty()) {
                made.put(claim.first(), new Claimed(claim.token(), claim.at()));
                if (made.size() > MOST_CLAIMS) {
                    made.pollFirstEntry();
                }
                claim.starts().forEach(this::put);
                put(claim.schedule());
            }
            return answer;
        });
    }

    private void put(FireStart start) {
        fires.put(start.execution().record().id(), new Fire(start.dueAt(), Stage.CLAIMED));
        put(start.execution());
    }

    @Override
    public boolean launching(ExecutionId execution) {
        return locked(() -> {
            Fire launched = fires.computeIfPresent(
                    execution,
                    (id, fire) -> fire.stage() == Stage.TAKEN_OVER ? fire : new Fire(fire.dueAt(), Stage.LAUNCHING));
            return launched != null && launched.stage() == Stage.LAUNCHING;
        });
    }

    @Override
    public List<FireStart> notLaunched() {
        return locked(() -> {
            List<FireStart> found = new ArrayList<>();
            fires.forEach((id, fire) -> {
                if (fire.stage() == Stage.CLAIMED) {
                    unended(id).ifPresent(execution -> found.add(new FireStart(execution, fire.dueAt())));
                }
            });
            return found;
        });
    }

    private Optional<StoredExecution> unended(ExecutionId id) {
        return Optional.ofNullable(numbers.get(id))
                .flatMap(executions::get)
                .filter(execution -> !execution.record().state().isEnd());
    }

    @Override
    public boolean takeOver(FireTakeover takeover) {
        return locked(() -> {
            if (takeover.successor()
                    .filter(start ->
                            numbers.containsKey(start.execution().record().id()))
                    .isPresent()) {
                return true;
            }
            ExecutionId id = takeover.ended().record().id();
            Fire fire = fires.get(id);
            if (fire == null || fire.stage() != Stage.CLAIMED || unended(id).isEmpty()) {
                return false;
            }
            fires.put(id, new Fire(fire.dueAt(), Stage.TAKEN_OVER));
            put(takeover.ended());
            takeover.successor().ifPresent(this::put);
            takeover.events().forEach(event -> write(new HistoryEntry.OfEvent(event)));
            return true;
        });
    }

    @Override
    public boolean reassign(ExecutionId execution, String from, String to) {
        return locked(() -> {
            Optional<StoredExecution> there = unended(execution).filter(stored -> stored.guard()
                    .filter(guard -> guard.equals(from) || guard.equals(to))
                    .isPresent());
            there.ifPresent(stored ->
                    put(new StoredExecution(stored.record(), stored.request(), Optional.of(to), stored.handle())));
            return there.isPresent();
        });
    }

    private List<ExecutionId> underWay(ScheduleId schedule) {
        return executions.all().stream()
                .map(StoredExecution::record)
                .filter(record -> !record.state().isEnd() && record.schedule().equals(Optional.of(schedule)))
                .map(ExecutionRecord::id)
                .toList();
    }

    private static <T> void trim(PagedLog<T> log) {
        if (log.size() > MOST) {
            log.removeOldest(any -> true);
        }
    }

    private void put(StoredExecution execution) {
        ExecutionId id = execution.record().id();
        Long number = numbers.get(id);
        if (number != null) {
            executions.replace(number, execution);
            return;
        }
        numbers.put(id, executions.add(execution));
        if (executions.size() > MOST) {
            executions
                    .removeOldest(old -> old.record().state().isEnd())
                    .map(old -> old.record().id())
                    .ifPresent(old -> {
                        numbers.remove(old);
                        fires.remove(old);
                        usage.remove(old);
                    });
        }
    }

    private UsageSeries seriesOf(ExecutionId id) {
        UsageSeries series = usage.computeIfAbsent(id, key -> new UsageSeries(POINTS_OF_AN_EXECUTION));
        if (usage.size() > MOST_WITH_USAGE) {
            Iterator<ExecutionId> oldest = usage.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        return series;
    }

    @Override
    public void maintain(Instant now) {
        // Every write keeps within the bounds.
    }

    // Reading.

    @Override
    public List<StoredExecution> unfinished() {
        return locked(() -> executions.all().stream()
                .filter(execution -> !execution.record().state().isEnd())
                .toList());
    }

    @Override
    public List<StoredSchedule> schedules() {
        return locked(() ->
                schedules.values().stream().filter(stored -> !stored.removed()).toList());
    }

    @Override
    public HistoryPage<ExecutionRecord> executions(HistoryQuery query) {
        HistoryPage<StoredExecution> page =
                locked(() -> executions.page(query, execution -> isWanted(query, execution.record())));
        return new HistoryPage<>(
                page.items().stream().map(StoredExecution::record).toList(), page.next());
    }

    private static boolean isWanted(HistoryQuery query, ExecutionRecord record) {
        return matches(query.notebook(), record.notebook()::equals)
                && matches(query.status(), record.status()::equals)
                && matches(
                        query.owner(),
                        owner -> record.owner().filter(owner::equals).isPresent())
                && matches(
                        query.schedule(),
                        schedule -> record.schedule().filter(schedule::equals).isPresent())
                && isWithin(query, record.lifecycle().submittedAt());
    }

    private static <T> boolean matches(Optional<T> asked, Predicate<T> found) {
        return asked.isEmpty() || found.test(asked.get());
    }

    private static boolean isWithin(HistoryQuery query, Instant at) {
        return matches(query.since(), since -> !at.isBefore(since)) && matches(query.until(), at::isBefore);
    }

    @Override
    public Optional<StoredExecution> execution(ExecutionId id) {
        return locked(() -> Optional.ofNullable(numbers.get(id)).flatMap(executions::get));
    }

    @Override
    public List<UsagePoint> usage(Optional<ExecutionId> id, Instant since, Instant until, int mostPoints) {
        return locked(() -> {
            UsageSeries series = id.isPresent() ? usage.get(id.get()) : node;
            return series == null ? List.of() : series.points(since, until, mostPoints);
        });
    }

    @Override
    public HistoryPage<EventRecord> events(HistoryQuery query) {
        return locked(() -> events.page(
                query,
                event -> matches(query.type(), event.type()::equals)
                        && matches(
                                query.execution(),
                                id -> event.execution().filter(id::equals).isPresent())
                        && matches(
                                query.notebook(),
                                name -> event.notebook().filter(name::equals).isPresent())
                        && isWithin(query, event.at())));
    }

    @Override
    public HistoryPage<AuditRecord> audit(HistoryQuery query) {
        return locked(() -> audit.page(query, entry -> isWithin(query, entry.at())));
    }

    @Override
    public void close() {
        // Nothing is held but memory.
    }
}
