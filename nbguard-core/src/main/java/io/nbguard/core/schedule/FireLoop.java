package io.nbguard.core.schedule;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardClock;
import io.nbguard.api.GuardException;
import io.nbguard.api.ScheduleId;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.StopMode;
import io.nbguard.api.schedule.FireOutcome;
import io.nbguard.api.schedule.ScheduleFire;
import io.nbguard.core.thread.FailureLog;
import io.nbguard.core.thread.Parking;
import io.nbguard.spi.store.FireAnswer;
import io.nbguard.spi.store.StoredSchedule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts what is due, on one thread that sleeps until the next start, and never longer than ten seconds while there is
 * one: only by looking can it notice that the clock was put forward, or that the machine slept.
 *
 * <p>What has come due of a schedule is planned, then claimed, then acted on. A trigger and a store may take their time over
 * the first two: this thread goes on with other schedules, and gets the answers later.
 *
 * <p>A fire is due at an instant of the wall clock, and each due time of a schedule fires at most once: when the clock is
 * put back, schedules wait until it gets to where they were. Only when it is put back by more than three hours, as cron
 * has it, the old time is taken to have been wrong, and schedules follow the new time at once.
 */
final class FireLoop {

    private static final Logger LOG = LoggerFactory.getLogger(FireLoop.class);
    private static final FailureLog FAILURES = new FailureLog(LOG);
    private static final Duration LONGEST_SLEEP = Duration.ofSeconds(10);
    private static final Duration CORRECTION = Duration.ofHours(3);
    private static final Duration UNANSWERED_LOOK = Duration.ofSeconds(1);
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(3);
    // What starts nothing only has to be recorded some time: it is planned anew, and then counts more.
    private static final Duration RECORDING = Duration.ofMinutes(1);

    private final ScheduleBook book;
    private final ExecutionStarter starter;
    private final TriggerDesk desk;
    private final FireClaims claims;
    private final SharedSchedules shared;
    private final BrokenTriggers brokenTriggers;
    private final GuardClock clock;
    private final Thread thread;
    private final Queue<Runnable> answers = new ConcurrentLinkedQueue<>();
    private @Nullable Instant lastLook;
    private long lastLookNanos;
    private long lastSharedNanos;
    private volatile boolean closed;

    /** Reports triggers that fail. */
    interface BrokenTriggers {
        void tell(ScheduleEntry entry, TriggerBroken failure);
    }

    /** Makes the loop; {@link #start} begins it. */
    FireLoop(
            ScheduleBook book,
            ExecutionStarter starter,
            TriggerDesk desk,
            FireClaims claims,
            SharedSchedules shared,
            BrokenTriggers brokenTriggers,
            GuardClock clock,
            ThreadFactory threads) {
        this.book = book;
        this.starter = starter;
        this.desk = desk;
        this.claims = claims;
        this.shared = shared;
        this.brokenTriggers = brokenTriggers;
        this.clock = clock;
        lastSharedNanos = clock.nanoTime();
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
                awaitAnswers();
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
            FAILURES.error("a look at the schedules failed; the next is in {}", LONGEST_SLEEP, e);
            return LONGEST_SLEEP.toNanos();
        }
    }

    private void awaitAnswers() {
        long end = System.nanoTime() + LAST_ANSWERS.toNanos();
        while (book.isAnyBusy() && System.nanoTime() < end) {
            Parking.park(this, Duration.ofMillis(50).toNanos());
            try {
                takeAnswers();
            } catch (RuntimeException | Error e) {
                FAILURES.error("acting on a fire failed on {}", thread.getName(), e);
            }
        }
    }

    /** Acts on what has come due. Returns the nanoseconds until the next look; {@code Long.MAX_VALUE} if none is needed. */
    long look() {
        takeAnswers();
        Instant now = clock.instant();
        if (wasPutBack(now)) {
            followNewTime(now);
        }
        desk.expire();
        claims.tellSilence();
        askForSchedules();
        if (!isLeftToOthers()) {
            for (ScheduleBook.Due due : book.due(now)) {
                reckon(due, now);
                takeAnswers();
            }
        }
        takeAnswers();
        return pause();
    }

    /** Returns whether what comes due is another guard's, or the next one's: this one is being closed. */
    private boolean isLeftToOthers() {
        return claims.areShared() && book.isClosing();
    }

    private long pause() {
        long longest = book.isAnyBusy() ? UNANSWERED_LOOK.toNanos() : Long.MAX_VALUE;
        if (claims.areShared()) {
            longest = Math.min(longest, LONGEST_SLEEP.toNanos());
        }
        return isLeftToOthers()
                ? longest
                : Math.min(longest, book.nextStart().map(this::pauseUntil).orElse(Long.MAX_VALUE));
    }

    private long pauseUntil(Instant start) {
        Instant now = clock.instant();
        return start.isAfter(now.plus(LONGEST_SLEEP))
                ? LONGEST_SLEEP.toNanos()
                : Math.max(0, Duration.between(now, start).toNanos());
    }

    // Answers: what they have this thread do is done at its next look, or at once if they come at once.

    private void post(ScheduleEntry entry, Runnable answer) {
        post(() -> {
            boolean well = false;
            try {
                answer.run();
                well = true;
            } finally {
                if (!well) {
                    // It must not wait for ever for an answer that was had.
                    book.busy(entry, false);
                }
            }
        });
    }

    private void post(Runnable answer) {
        answers.add(answer);
        LockSupport.unpark(thread);
    }

    private void takeAnswers() {
        for (Runnable answer = answers.poll(); answer != null; answer = answers.poll()) {
            try {
                answer.run();
            } catch (RuntimeException | Error e) {
                // One schedule's trouble holds up no other.
                FAILURES.error(
                        "what a schedule's trigger or store answered could not be acted on by {}", thread.getName(), e);
            }
        }
    }

    private <T> void ask(ScheduleEntry entry, FireTimes times, Supplier<T> question, Consumer<T> answered) {
        book.busy(entry, true);
        try {
            desk.ask(
                    times.trigger(),
                    question,
                    answer -> post(entry, () -> answered.accept(answer)),
                    failure -> post(entry, () -> broken(entry, times, failure)));
        } catch (RuntimeException | Error e) {
            // There may be no thread or heap for a question just now: it is asked again at the next look.
            book.busy(entry, false);
            throw e;
        }
    }

    // Planning.

    private record Reckoned(
            List<DueFires.Stretch> stretches,
            @Nullable Instant next,
            @Nullable Instant nextStart) {}

    private void reckon(ScheduleBook.Due due, Instant now) {
        ScheduleEntry entry = due.entry();
        DueFires dueFires = new DueFires(entry.id, entry.spec, due.times(), due.pause(), book.isClosing(), now);
        ask(
                entry,
                due.times(),
                () -> {
                    Instant next = dueFires.reckon(due.first()).orElse(null);
                    Instant start = next == null ? null : due.times().start(entry.id, next);
                    return new Reckoned(dueFires.stretches(), next, start);
                },
                reckoned -> plan(due, reckoned));
    }

    private void plan(ScheduleBook.Due due, Reckoned reckoned) {
        ScheduleEntry entry = due.entry();
        List<FirePlan.Step> steps = new ArrayList<>();
        for (DueFires.Stretch stretch : reckoned.stretches()) {
            steps.add(
                    stretch.outcome() == FireOutcome.STARTED
                            ? prepare(entry, stretch.first())
                            : new FirePlan.Step(skipped(entry, stretch, book.trouble(entry, stretch.outcome())), null));
        }
        if (steps.isEmpty()) {
            // A trigger that answers the same question in two ways has nothing due after all.
            book.advance(entry, due.times(), reckoned.next(), reckoned.nextStart());
            book.busy(entry, false);
            return;
        }
        FirePlan plan = new FirePlan(entry, due.first(), steps, due.times(), reckoned.next(), reckoned.nextStart());
        try {
            claim(plan);
        } catch (RuntimeException | Error e) {
            giveUpPlaces(plan);
            throw e;
        }
    }

    private FirePlan.Step prepare(ScheduleEntry entry, Instant due) {
        if (!book.reserve(entry)) {
            return skip(entry, FireOutcome.MAX_INSTANCES, due, Optional.empty());
        }
        try {
            ExecutionStarter.Prepared prepared =
                    starter.prepare(entry.spec.request().scheduledBy(entry.id));
            return new FirePlan.Step(
                    fired(
                            entry.id,
                            FireOutcome.STARTED,
                            due,
                            prepared.execution().id()),
                    prepared);
        } catch (RuntimeException | Error e) {
            book.failed(entry);
            boolean closing = book.isClosing()
                    && e instanceof GuardException refusal
                    && refusal.code() == ErrorCode.ILLEGAL_STATE;
            if (!closing) {
                LOG.warn("schedule {} could not start {}", entry.id, entry.spec.request(), e);
            }
            return skip(
                    entry,
                    closing ? FireOutcome.GUARD_CLOSING : FireOutcome.START_FAILED,
                    due,
                    closing ? Optional.empty() : Optional.of(text(e)));
        }
    }

    private static String text(Throwable failure) {
        return failure instanceof GuardException refusal ? String.valueOf(refusal.getMessage()) : failure.toString();
    }

    private FirePlan.Step skip(ScheduleEntry entry, FireOutcome outcome, Instant due, Optional<String> message) {
        return new FirePlan.Step(skipped(entry, new DueFires.Stretch(outcome, due, due, 1), message), null);
    }

    private ScheduleFire skipped(ScheduleEntry entry, DueFires.Stretch stretch, Optional<String> message) {
        return new ScheduleFire(
                entry.id,
                stretch.outcome(),
                stretch.first(),
                stretch.last(),
                stretch.count(),
                clock.instant(),
                Optional.empty(),
                message);
    }

    /** Returns the record of a fire that starts an execution. */
    ScheduleFire fired(ScheduleId id, FireOutcome outcome, Instant due, ExecutionId execution) {
        return new ScheduleFire(id, outcome, due, due, 1, clock.instant(), Optional.of(execution), Optional.empty());
    }

    private void broken(ScheduleEntry entry, FireTimes times, TriggerBroken failure) {
        Instant next = book.nextOf(entry);
        if (next == null) {
            book.busy(entry, false);
            return;
        }
        brokenTriggers.tell(entry, failure);
        FirePlan.Step step = skip(entry, FireOutcome.TRIGGER_FAILED, next, Optional.ofNullable(failure.getMessage()));
        claim(new FirePlan(entry, next, List.of(step), times, null, null));
    }

    // Claiming.

    private void claim(FirePlan plan) {
        ScheduleEntry entry = plan.entry();
        Instant until = plan.starts() == 0
                ? clock.instant().plus(RECORDING)
                : entry.spec.lateAfter(plan.lastFire().dueAt());
        claims.claim(book.wanted(plan, until), new FireClaims.Answer() {
            @Override
            public void is(FireAnswer answer) {
                post(entry, () -> answered(plan, answer));
            }

            @Override
            public void isMissing(String reason) {
                post(entry, () -> unclaimed(plan, reason));
            }
        });
    }

    private void answered(FirePlan plan, FireAnswer answer) {
        ScheduleEntry entry = plan.entry();
        if (answer instanceof FireAnswer.Claimed) {
            if (book.isClosing() && plan.starts() > 0) {
                claims.giveBack(plan.executions());
                unclaimed(plan, "the guard is being closed");
            } else {
                act(plan);
            }
            return;
        }
        giveUpPlaces(plan);
        if (answer instanceof FireAnswer.Full) {
            claim(plan.startingNothing());
        } else if (answer instanceof FireAnswer.Removed) {
            book.removedElsewhere(entry);
        } else if (answer instanceof FireAnswer.Overtaken overtaken) {
            follow(entry, overtaken.schedule(), isTaken(plan, overtaken) ? plan.first() : null);
        }
    }

    /** Returns whether the due time is another guard's, or was passed; otherwise it is claimed anew, by what has changed. */
    private static boolean isTaken(FirePlan plan, FireAnswer.Overtaken overtaken) {
        return overtaken.claimed()
                || overtaken
                        .schedule()
                        .schedule()
                        .nextFireAt()
                        .map(next -> next.isAfter(plan.first()))
                        .orElse(true);
    }

    private void giveUpPlaces(FirePlan plan) {
        for (long i = plan.starts(); i > 0; i--) {
            book.failed(plan.entry());
        }
    }

    private void unclaimed(FirePlan plan, String reason) {
        giveUpPlaces(plan);
        ScheduleEntry entry = plan.entry();
        if (book.isClosing() && !claims.areShared()) {
            for (FirePlan.Step step : plan.steps()) {
                book.skipped(
                        entry,
                        skipped(
                                entry,
                                new DueFires.Stretch(
                                        FireOutcome.GUARD_CLOSING,
                                        step.fire().dueAt(),
                                        step.fire().lastDueAt(),
                                        step.fire().count()),
                                Optional.empty()));
            }
            book.advance(entry, plan.times(), plan.next(), plan.nextStart());
        }
        book.unclaimed(entry, reason);
    }

    private void act(FirePlan plan) {
        ScheduleEntry entry = plan.entry();
        // First, so that no due time comes twice, whatever the starts throw.
        book.claimed(entry, plan.times(), plan.next(), plan.nextStart());
        for (FirePlan.Step step : plan.steps()) {
            ExecutionStarter.Prepared prepared = step.prepared();
            if (prepared == null) {
                book.skipped(entry, step.fire());
            } else {
                start(entry, step.fire(), prepared);
            }
        }
        if (plan.next() == null) {
            book.finish(entry);
        }
    }

    private void start(ScheduleEntry entry, ScheduleFire fire, ExecutionStarter.Prepared prepared) {
        Execution execution;
        try {
            execution = prepared.start(permit(entry, fire.dueAt()));
        } catch (RuntimeException | Error e) {
            book.failed(entry);
            LOG.error("schedule {} could not start {}", entry.id, entry.spec.request(), e);
            claims.giveUp(List.of(new FireClaims.Start(prepared.execution(), fire.dueAt())), text(e));
            book.skipped(
                    entry,
                    skip(entry, FireOutcome.START_FAILED, fire.dueAt(), Optional.of(text(e)))
                            .fire());
            return;
        }
        book.started(entry, fire, execution);
        if (!book.has(entry)) {
            // Removed after the claim was made: as if it had been a moment later.
            execution.stop(StopMode.IMMEDIATE);
        }
    }

    /** Waiting for its turn is not being late: then the store still is given a moment. */
    LaunchPermit permit(ScheduleEntry entry, Instant dueAt) {
        return id -> {
            Instant late = entry.spec.lateAfter(dueAt);
            Instant least = clock.instant().plus(RECORDING);
            return claims.permit(late.isAfter(least) ? late : least).ask(id);
        };
    }

    // What other guards do.

    private void askForSchedules() {
        long now = clock.nanoTime();
        if (claims.areShared() && now - lastSharedNanos >= LONGEST_SLEEP.toNanos()) {
            lastSharedNanos = now;
            claims.schedules(stored -> post(() -> takeUp(stored)));
        }
    }

    private void takeUp(List<StoredSchedule> stored) {
        if (book.isClosing()) {
            return;
        }
        for (StoredSchedule one : shared.news(stored)) {
            ScheduleEntry entry = book.entryOf(one.schedule().id());
            if (entry == null) {
                shared.takeUp(one, this::post);
            } else {
                follow(entry, one, null);
            }
        }
    }

    /**
     * Sets a schedule to the state that another guard has stored.
     *
     * @param claimed the due time that the other guard has claimed, if that is how it was noticed
     */
    private void follow(ScheduleEntry entry, StoredSchedule stored, @Nullable Instant claimed) {
        if (!stored.schedule().createdAt().equals(entry.createdAt)) {
            book.busy(entry, false);
            shared.replace(entry, stored, this::post);
            return;
        }
        FireTimes times = book.timesOf(entry);
        Instant next = book.nextAfter(entry, stored);
        ask(
                entry,
                times,
                () -> {
                    Instant later = next;
                    if (next != null && claimed != null && !next.isAfter(claimed)) {
                        later = times.after(claimed).orElse(null);
                    }
                    return new Reckoned(List.of(), later, later == null ? null : times.start(entry.id, later));
                },
                moved -> book.follow(entry, stored, moved.next(), moved.nextStart()));
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
            ScheduleEntry entry = due.entry();
            FireTimes times = due.times().anchoredBy(now);
            ask(
                    entry,
                    times,
                    () -> {
                        Instant next = times.after(now).orElse(null);
                        return new Reckoned(List.of(), next, next == null ? null : times.start(entry.id, next));
                    },
                    found -> {
                        if (found.next() != null) {
                            book.advance(entry, times, found.next(), found.nextStart());
                        }
                        book.clockPutBack(entry, now);
                        book.busy(entry, false);
                    });
            takeAnswers();
        }
    }

    /** Claims nothing any more. */
    void refuseMore() {
        claims.refuseMore();
    }

    /** Records what has come due until now, and ends the thread. */
    void close() throws InterruptedException {
        closed = true;
        reconsider();
        if (Thread.currentThread() != thread) {
            thread.join(5_000);
            if (thread.isAlive()) {
                LOG.warn("a schedule's start does not return; {} is left behind", thread.getName());
            }
        }
        desk.close();
    }
}
