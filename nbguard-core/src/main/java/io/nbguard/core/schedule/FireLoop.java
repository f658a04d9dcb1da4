package io.nbguard.core.schedule;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.Execution;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.ExecutionRequest;
import io.nbguard.api.FireOutcome;
import io.nbguard.api.GuardException;
import io.nbguard.api.ScheduleFire;
import io.nbguard.api.ScheduleId;
import io.nbguard.core.GuardClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts what is due, on one thread that sleeps until the next start, and never longer than ten seconds while there is
 * one: only by looking can it notice that the clock was put forward, or that the machine slept.
 *
 * <p>A fire is due at an instant of the wall clock, and each due time of a schedule fires at most once: when the clock is
 * put back, schedules wait until it gets to where they were. Only when it is put back by more than three hours, as cron
 * has it, the old time is taken to have been wrong, and schedules follow the new time at once.
 */
final class FireLoop {

    private static final Logger LOG = LoggerFactory.getLogger(FireLoop.class);
    private static final Duration LONGEST_SLEEP = Duration.ofSeconds(10);
    private static final Duration CORRECTION = Duration.ofHours(3);

    private final ScheduleBook book;
    private final Function<ExecutionRequest, Execution> run;
    private final GuardClock clock;
    private final Thread thread;
    private @Nullable Instant lastLook;
    private long lastLookNanos;
    private volatile boolean closed;

    /** Makes the loop; {@link #start} begins it. */
    FireLoop(ScheduleBook book, Function<ExecutionRequest, Execution> run, GuardClock clock, ThreadFactory threads) {
        this.book = book;
        this.run = run;
        this.clock = clock;
        thread = threads.newThread(this::work);
        thread.setName("nbguard-scheduler");
    }

    void start() {
        thread.start();
    }

    /** Says that something is due earlier than it was. */
    void reconsider() {
        LockSupport.unpark(thread);
    }

    private void work() {
        while (true) {
            // Read before the look: what came due until close() is then still recorded.
            boolean last = closed;
            long pause = lookSafely();
            if (last) {
                return;
            }
            if (pause == Long.MAX_VALUE) {
                LockSupport.park(this);
            } else if (pause > 0) {
                LockSupport.parkNanos(this, pause);
            }
            // A stray interrupt would make every later park return at once.
            Thread.interrupted();
        }
    }

    private long lookSafely() {
        try {
            return look();
        } catch (RuntimeException | Error e) {
            LOG.error("a look at the schedules failed; the next is in {}", LONGEST_SLEEP, e);
            return LONGEST_SLEEP.toNanos();
        }
    }

    /** Acts on what has come due. Returns the nanoseconds until the next look; {@code Long.MAX_VALUE} if none is needed. */
    long look() {
        Instant now = clock.instant();
        if (wasPutBack(now)) {
            followNewTime(now);
        }
        for (ScheduleBook.Due due : book.due(now)) {
            act(due, now);
        }
        return book.nextStart().map(this::pauseUntil).orElse(Long.MAX_VALUE);
    }

    private long pauseUntil(Instant start) {
        Instant now = clock.instant();
        return start.isAfter(now.plus(LONGEST_SLEEP))
                ? LONGEST_SLEEP.toNanos()
                : Math.max(0, Duration.between(now, start).toNanos());
    }

    private void act(ScheduleBook.Due due, Instant now) {
        ScheduleEntry entry = due.entry();
        Reckoning reckoning = new Reckoning(entry.id, entry.spec, due.times(), due.pause(), book.isClosing(), now);
        Optional<Instant> next;
        try {
            next = reckoning.reckon(due.first());
            book.advance(
                    entry,
                    due.times(),
                    next.orElse(null),
                    next.map(later -> due.times().start(entry.id, later)).orElse(null));
        } catch (RuntimeException | LinkageError e) {
            broken(due, e);
            return;
        }
        for (Reckoning.Stretch stretch : reckoning.stretches()) {
            if (stretch.outcome() == FireOutcome.STARTED) {
                start(entry, stretch.first());
            } else {
                skip(entry, stretch, Optional.empty());
            }
        }
        if (next.isEmpty()) {
            book.finish(entry);
        }
    }

    private void broken(ScheduleBook.Due due, Throwable failure) {
        ScheduleEntry entry = due.entry();
        LOG.error("schedule {} is finished: its trigger broke", entry.id, failure);
        book.advance(entry, due.times(), null, null);
        skip(entry, single(FireOutcome.TRIGGER_FAILED, due.first()), Optional.of(failure.toString()));
        book.finish(entry);
    }

    private void start(ScheduleEntry entry, Instant due) {
        if (!book.reserve(entry)) {
            skip(entry, single(FireOutcome.MAX_INSTANCES, due), Optional.empty());
            return;
        }
        Execution execution;
        try {
            execution = run.apply(entry.spec.request().scheduledBy(entry.id));
        } catch (RuntimeException | Error e) {
            book.failed(entry);
            boolean closing = book.isClosing()
                    && e instanceof GuardException refusal
                    && refusal.code() == ErrorCode.ILLEGAL_STATE;
            if (!closing) {
                LOG.warn("schedule {} could not start {}", entry.id, entry.spec.request(), e);
            }
            skip(
                    entry,
                    single(closing ? FireOutcome.GUARD_CLOSING : FireOutcome.START_FAILED, due),
                    closing ? Optional.empty() : Optional.of(text(e)));
            return;
        }
        book.started(entry, fired(entry.id, FireOutcome.STARTED, due, execution.id()), execution);
    }

    private static String text(Throwable failure) {
        return failure instanceof GuardException refusal ? String.valueOf(refusal.getMessage()) : failure.toString();
    }

    private static Reckoning.Stretch single(FireOutcome outcome, Instant due) {
        return new Reckoning.Stretch(outcome, due, due, 1);
    }

    private void skip(ScheduleEntry entry, Reckoning.Stretch stretch, Optional<String> message) {
        book.skipped(
                entry,
                new ScheduleFire(
                        entry.id,
                        stretch.outcome(),
                        stretch.first(),
                        stretch.last(),
                        stretch.count(),
                        clock.instant(),
                        Optional.empty(),
                        message));
    }

    /** Returns the record of a fire that has started an execution. */
    ScheduleFire fired(ScheduleId id, FireOutcome outcome, Instant due, ExecutionId execution) {
        return new ScheduleFire(id, outcome, due, due, 1, clock.instant(), Optional.of(execution), Optional.empty());
    }

    // Clocks.

    private boolean wasPutBack(Instant now) {
        long nanos = clock.nanoTime();
        Instant before = lastLook;
        Instant expected = before == null ? now : before.plusNanos(nanos - lastLookNanos);
        lastLook = now;
        lastLookNanos = nanos;
        return now.plus(CORRECTION).isBefore(expected);
    }

    private void followNewTime(Instant now) {
        LOG.warn("the clock was put back to {}, by more than {}: schedules follow the new time", now, CORRECTION);
        for (ScheduleBook.Due due : book.unfinished()) {
            try {
                FireTimes times = due.times().anchoredBy(now);
                Optional<Instant> next = times.after(now);
                next.ifPresent(first -> book.advance(due.entry(), times, first, times.start(due.entry().id, first)));
                book.clockPutBack(due.entry(), now);
            } catch (RuntimeException | LinkageError e) {
                broken(due, e);
            }
        }
    }

    /** Records what has come due until now, and ends the thread. */
    void close() throws InterruptedException {
        closed = true;
        reconsider();
        if (Thread.currentThread() != thread) {
            thread.join(5_000);
            if (thread.isAlive()) {
                LOG.warn("a schedule's trigger or start does not return; {} is left behind", thread.getName());
            }
        }
    }
}
