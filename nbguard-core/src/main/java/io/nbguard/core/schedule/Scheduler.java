package io.nbguard.core.schedule;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardClock;
import io.nbguard.api.GuardException;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.event.GuardEvent.PluginMisbehaved.Fault;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.StopMode;
import io.nbguard.api.schedule.FireOutcome;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.api.schedule.ScheduleFire;
import io.nbguard.api.schedule.ScheduleSpec;
import io.nbguard.api.schedule.Schedules;
import io.nbguard.core.event.EventSink;
import io.nbguard.core.event.PluginFaults;
import io.nbguard.core.plugin.PluginKind;
import io.nbguard.spi.Trigger;
import io.nbguard.spi.store.StoredSchedule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The schedules of one guard: checks what people ask, and keeps the loop that fires them. */
public final class Scheduler implements Schedules, FireSuccessors {

    private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);
    private static final int INTERVALS_CHECKED = 10;
    private static final int MOST_TIMES = 1_000;

    private final Function<String, Trigger> triggers;
    private final Consumer<ExecutionRequest> check;
    private final ExecutionStarter starter;
    private final TriggerDesk desk;
    private final PluginFaults faults;
    private final GuardClock clock;
    private final ScheduleBook book;
    private final SharedSchedules shared;
    private final FireLoop loop;

    /**
     * Makes a scheduler without schedules; {@link #start} begins its thread.
     *
     * @param triggers finds a trigger by its name, or throws
     * @param check throws if a request could not be run now
     * @param starter starts executions
     * @param claims sees to it that of several guards one acts on each fire
     * @param faults where to report triggers that break their contract
     */
    public Scheduler(
            Function<String, Trigger> triggers,
            Consumer<ExecutionRequest> check,
            ExecutionStarter starter,
            FireClaims claims,
            PluginFaults faults,
            EventSink events,
            GuardClock clock,
            ThreadFactory threads) {
        this(
                triggers,
                check,
                starter,
                claims,
                faults,
                new TriggerDesk(threads, TriggerDesk::isOurs, TriggerDesk.TIMEOUT),
                events,
                clock,
                threads);
    }

    Scheduler(
            Function<String, Trigger> triggers,
            Consumer<ExecutionRequest> check,
            ExecutionStarter starter,
            FireClaims claims,
            PluginFaults faults,
            TriggerDesk desk,
            EventSink events,
            GuardClock clock,
            ThreadFactory threads) {
        this.triggers = triggers;
        this.check = check;
        this.starter = starter;
        this.desk = desk;
        this.faults = faults;
        this.clock = clock;
        book = new ScheduleBook(events, clock);
        shared = new SharedSchedules(book, new Source(), desk, events, clock);
        loop = new FireLoop(book, starter, desk, claims, shared, this::tellBroken, clock, threads);
    }

    private void tellBroken(ScheduleEntry entry, TriggerBroken failure) {
        faults.tell(
                PluginKind.TRIGGER.title(),
                entry.spec.trigger(),
                failure.fault(),
                failure.getCause(),
                failure.getMessage() + "; schedule " + entry.id + " is finished, others go on");
    }

    /** Begins to fire. */
    public void start() {
        loop.start();
    }

    /**
     * Takes schedules up again as they stood when their guard ended: what came due meanwhile is acted on as after any other
     * delay. One that cannot be understood any more is left out, reported and logged. To be called before {@link #start}.
     *
     * @return how many were taken up
     */
    public int restore(List<StoredSchedule> kept) {
        int restored = 0;
        for (StoredSchedule schedule : kept) {
            restored += shared.restore(schedule) ? 1 : 0;
        }
        return restored;
    }

    /** Counts an execution that goes on from an earlier guard among those of its schedule, if that is there. */
    public void goesOn(ScheduleId id, Execution execution) {
        book.goesOn(id, execution);
    }

    private final class Source implements SharedSchedules.Source {

        @Override
        public FireTimes times(StoredSchedule stored) {
            return Scheduler.this.times(
                    stored.schedule().spec(), stored.schedule().createdAt());
        }

        @Override
        public GuardException refused(StoredSchedule stored, Throwable failure) {
            return Scheduler.this.refused(stored.schedule().spec(), failure);
        }
    }

    /** Acts on what has come due, as the thread does. */
    long look() {
        return loop.look();
    }

    @Override
    public Schedule add(ScheduleSpec spec) {
        Instant now = clock.instant();
        FireTimes times = times(spec, now);
        Instant first = upcoming(spec, times, now, INTERVALS_CHECKED).get(0);
        check.accept(spec.request());
        ScheduleId id = spec.id().orElseGet(ScheduleId::random);
        Schedule added = book.add(ask(spec, times, () -> new ScheduleEntry(id, spec, now, times, first)));
        loop.reconsider();
        return added;
    }

    @Override
    public List<Instant> preview(ScheduleSpec spec, int count) {
        checkCount(count);
        Instant now = clock.instant();
        List<Instant> upcoming = upcoming(spec, times(spec, now), now, Math.max(count, INTERVALS_CHECKED));
        check.accept(spec.request());
        return List.copyOf(upcoming.subList(0, Math.min(count, upcoming.size())));
    }

    private static void checkCount(int count) {
        if (count < 1 || count > MOST_TIMES) {
            throw new IllegalArgumentException("count must be from 1 to " + MOST_TIMES + ", not " + count);
        }
    }

    private FireTimes times(ScheduleSpec spec, Instant now) {
        return new FireTimes(triggers.apply(spec.trigger()), spec, now);
    }

    /** Returns the next fire times, at least one, after a look at whether they make sense. */
    private List<Instant> upcoming(ScheduleSpec spec, FireTimes times, Instant now, int count) {
        List<Instant> upcoming = ask(spec, times, () -> times.after(now, count));
        if (upcoming.isEmpty()) {
            throw invalid(
                    spec,
                    "it would never fire: nothing is due after " + now
                            + spec.end().map(end -> " and until " + end).orElse(""),
                    null);
        }
        for (int i = 1; i < upcoming.size(); i++) {
            if (Duration.between(upcoming.get(i - 1), upcoming.get(i)).compareTo(SHORTEST_INTERVAL) < 0) {
                throw invalid(spec, "it fires more often than once a second", null);
            }
        }
        return upcoming;
    }

    /** Calls a trigger, which may be a plugin. */
    private <T> T ask(ScheduleSpec spec, FireTimes times, Supplier<T> question) {
        try {
            return desk.ask(times.trigger(), question);
        } catch (RuntimeException | LinkageError e) {
            throw refused(spec, e);
        }
    }

    private GuardException refused(ScheduleSpec spec, Throwable failure) {
        // Calls made elsewhere report all that a trigger throws in the same way.
        Throwable thrown =
                failure instanceof TriggerBroken && failure.getCause() != null ? failure.getCause() : failure;
        if (thrown instanceof IllegalArgumentException) {
            return invalid(spec, String.valueOf(thrown.getMessage()), thrown);
        }
        boolean broken = failure instanceof TriggerBroken;
        faults.tell(
                PluginKind.TRIGGER.title(),
                spec.trigger(),
                broken ? ((TriggerBroken) failure).fault() : Fault.THREW,
                failure,
                (broken ? failure.getMessage() : "it threw " + failure) + "; what was asked about the schedule of "
                        + spec.request().notebook() + " is refused");
        return new GuardException(
                ErrorCode.PLUGIN,
                "trigger '" + spec.trigger() + "' broke at '" + spec.expression() + "': "
                        + (broken ? failure.getMessage() : failure.toString()),
                failure);
    }

    private static GuardException invalid(ScheduleSpec spec, String problem, @Nullable Throwable cause) {
        return new GuardException(
                ErrorCode.INVALID_REQUEST,
                "the schedule of " + spec.request().notebook() + " (" + spec.trigger() + " '" + spec.expression()
                        + "') is refused: " + problem,
                cause);
    }

    /** Returns all as they are to be kept. */
    public List<StoredSchedule> stored() {
        return book.stored();
    }

    @Override
    public List<Schedule> list() {
        return book.list();
    }

    @Override
    public Optional<Schedule> find(ScheduleId id) {
        Objects.requireNonNull(id, "id");
        return book.find(id);
    }

    @Override
    public List<Instant> next(ScheduleId id, int count) {
        Objects.requireNonNull(id, "id");
        checkCount(count);
        Upcoming upcoming = book.read(id, entry -> new Upcoming(entry.spec, entry.times, entry.next));
        Instant first = upcoming.next();
        if (first == null) {
            return List.of();
        }
        List<Instant> times = new ArrayList<>(List.of(first));
        times.addAll(
                ask(upcoming.spec(), upcoming.fires(), () -> upcoming.fires().after(first, count - 1)));
        return List.copyOf(times);
    }

    /** What a schedule's fire times follow from, read at one moment. */
    private record Upcoming(
            ScheduleSpec spec, FireTimes fires, @Nullable Instant next) {}

    @Override
    public List<ScheduleFire> history(ScheduleId id) {
        Objects.requireNonNull(id, "id");
        return book.read(id, entry -> entry.history.all());
    }

    @Override
    public Schedule pause(ScheduleId id) {
        Objects.requireNonNull(id, "id");
        return book.pause(id);
    }

    @Override
    public Schedule resume(ScheduleId id) {
        Objects.requireNonNull(id, "id");
        return book.resume(id);
    }

    @Override
    public Schedule remove(ScheduleId id) {
        Objects.requireNonNull(id, "id");
        return book.remove(id);
    }

    @Override
    public Execution runNow(ScheduleId id) {
        Objects.requireNonNull(id, "id");
        ScheduleEntry entry = book.read(id, found -> found);
        if (!book.reserve(entry)) {
            throw new GuardException(
                    ErrorCode.ILLEGAL_STATE,
                    "schedule '" + id + "' has as many executions under way as it may (" + entry.spec.maxInstances()
                            + "): wait for one to end, stop one, or allow more");
        }
        Execution execution;
        try {
            execution = starter.prepare(entry.spec.request().scheduledBy(id)).start(LaunchPermit.FREE);
        } catch (RuntimeException | Error e) {
            book.failed(entry);
            throw e;
        }
        book.started(entry, loop.fired(id, FireOutcome.RUN_NOW, clock.instant(), execution.id()), execution);
        return execution;
    }

    @Override
    public Optional<Successor> successorFor(ScheduleId id, Instant dueAt) {
        ScheduleEntry entry = book.entryOf(id);
        if (entry == null || book.isClosing()) {
            return Optional.empty();
        }
        ExecutionStarter.Prepared prepared =
                starter.prepare(entry.spec.request().scheduledBy(id));
        return Optional.of(new Successor() {
            @Override
            public Execution execution() {
                return prepared.execution();
            }

            @Override
            public void start() {
                Execution execution = prepared.start(loop.permit(entry, dueAt));
                book.takenOver(entry, loop.fired(id, FireOutcome.STARTED, dueAt, execution.id()), execution);
                if (!book.has(entry)) {
                    // Removed meanwhile: as if it had been a moment later.
                    execution.stop(StopMode.IMMEDIATE);
                }
            }
        });
    }

    /** Takes no more schedules and starts no more executions; what comes due from now on is recorded as skipped. */
    public void refuseMore() {
        book.refuseMore();
        loop.refuseMore();
    }

    /** Records what has come due until now, and ends the thread. */
    public void close() throws InterruptedException {
        refuseMore();
        loop.close();
    }
}
