package io.nbguard.core.schedule;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.Execution;
import io.nbguard.api.ExecutionRequest;
import io.nbguard.api.FireOutcome;
import io.nbguard.api.GuardEvent;
import io.nbguard.api.GuardException;
import io.nbguard.api.Schedule;
import io.nbguard.api.ScheduleFire;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.ScheduleSpec;
import io.nbguard.api.Schedules;
import io.nbguard.core.GuardClock;
import io.nbguard.core.event.EventSink;
import io.nbguard.spi.Trigger;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The schedules of one guard: checks what people ask, and keeps the loop that fires them. */
public final class Scheduler implements Schedules {

    private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);
    private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);
    private static final int INTERVALS_CHECKED = 10;
    private static final int MOST_TIMES = 1_000;

    private final Function<String, Trigger> triggers;
    private final Consumer<ExecutionRequest> check;
    private final Function<ExecutionRequest, Execution> run;
    private final EventSink events;
    private final GuardClock clock;
    private final ScheduleBook book;
    private final FireLoop loop;

    /**
     * Makes a scheduler without schedules; {@link #start} begins its thread.
     *
     * @param triggers finds a trigger by its name, or throws
     * @param check throws if a request could not be run now
     * @param run starts an execution, or throws
     */
    public Scheduler(
            Function<String, Trigger> triggers,
            Consumer<ExecutionRequest> check,
            Function<ExecutionRequest, Execution> run,
            EventSink events,
            GuardClock clock,
            ThreadFactory threads) {
        this.triggers = triggers;
        this.check = check;
        this.run = run;
        this.events = events;
        this.clock = clock;
        book = new ScheduleBook(events, clock);
        loop = new FireLoop(book, run, clock, threads);
    }

    /** Begins to fire. */
    public void start() {
        loop.start();
    }

    /**
     * Takes schedules up again as they stood when their guard ended: what came due meanwhile is acted on as after any other
     * delay. One that cannot be understood any more is left out, told and logged. To be called before {@link #start}.
     *
     * @return how many were taken up
     */
    public int restore(List<Schedule> kept) {
        int restored = 0;
        for (Schedule schedule : kept) {
            try {
                restored += book.restore(entry(schedule)) ? 1 : 0;
            } catch (RuntimeException | LinkageError e) {
                LOG.warn("schedule {} is not taken up again; it stays in the history store", schedule.id(), e);
                events.publish(new GuardEvent.ScheduleNotRestored(
                        clock.instant(),
                        schedule.id(),
                        schedule.spec().request().notebook(),
                        String.valueOf(e.getMessage())));
            }
        }
        return restored;
    }

    /** Counts an execution that goes on from an earlier guard among those of its schedule, if that is there. */
    public void goesOn(ScheduleId id, Execution execution) {
        book.goesOn(id, execution);
    }

    private ScheduleEntry entry(Schedule kept) {
        ScheduleSpec spec = kept.spec();
        FireTimes times = times(spec, kept.createdAt());
        return ask(spec, () -> {
            // A trigger that does not understand its expression any more says so now and not at the first fire.
            kept.nextFireAt().ifPresent(times::after);
            return ScheduleEntry.of(kept, times);
        });
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
        Schedule added = book.add(ask(spec, () -> new ScheduleEntry(id, spec, now, times, first)));
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
    private static List<Instant> upcoming(ScheduleSpec spec, FireTimes times, Instant now, int count) {
        List<Instant> upcoming = ask(spec, () -> times.after(now, count));
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

    /** Asks a trigger, which may be a stranger's code. */
    private static <T> T ask(ScheduleSpec spec, Supplier<T> question) {
        try {
            return question.get();
        } catch (IllegalArgumentException e) {
            throw invalid(spec, String.valueOf(e.getMessage()), e);
        } catch (RuntimeException | LinkageError e) {
            throw new GuardException(
                    ErrorCode.PLUGIN, "trigger '" + spec.trigger() + "' broke at '" + spec.expression() + "': " + e, e);
        }
    }

    private static GuardException invalid(ScheduleSpec spec, String problem, @Nullable Throwable cause) {
        return new GuardException(
                ErrorCode.INVALID_REQUEST,
                "the schedule of " + spec.request().notebook() + " (" + spec.trigger() + " '" + spec.expression()
                        + "') is refused: " + problem,
                cause);
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
        return book.<Upcoming>read(id, entry -> new Upcoming(entry.spec, entry.times, entry.next))
                .times(count);
    }

    /** What a schedule's fire times follow from, read at one moment. */
    private record Upcoming(
            ScheduleSpec spec, FireTimes fires, @Nullable Instant next) {

        List<Instant> times(int count) {
            Instant first = next;
            if (first == null) {
                return List.of();
            }
            List<Instant> times = new ArrayList<>(List.of(first));
            times.addAll(ask(spec, () -> fires.after(first, count - 1)));
            return List.copyOf(times);
        }
    }

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
            execution = run.apply(entry.spec.request().scheduledBy(id));
        } catch (RuntimeException | Error e) {
            book.failed(entry);
            throw e;
        }
        book.started(entry, loop.fired(id, FireOutcome.RUN_NOW, clock.instant(), execution.id()), execution);
        return execution;
    }

    /** Takes no more schedules and starts no more executions; what comes due from now on is recorded as skipped. */
    public void refuseMore() {
        book.refuseMore();
    }

    /** Records what has come due until now, and ends the thread. */
    public void close() throws InterruptedException {
        book.refuseMore();
        loop.close();
    }
}
