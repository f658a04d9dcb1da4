package io.nbguard.core.history;

import io.nbguard.api.GuardClock;
import io.nbguard.api.event.GuardEvent.PluginMisbehaved.Fault;
import io.nbguard.api.execution.Execution;
import io.nbguard.core.event.PluginFaults;
import io.nbguard.core.plugin.PluginKind;
import io.nbguard.core.recovery.UnlaunchedFires;
import io.nbguard.core.schedule.FireClaims;
import io.nbguard.core.schedule.LaunchPermit;
import io.nbguard.core.thread.FailureLog;
import io.nbguard.core.thread.GrowingPause;
import io.nbguard.spi.store.FireAnswer;
import io.nbguard.spi.store.FireClaim;
import io.nbguard.spi.store.FireStart;
import io.nbguard.spi.store.HistoryEntry;
import io.nbguard.spi.store.HistorySession;
import io.nbguard.spi.store.StoredExecution;
import io.nbguard.spi.store.StoredSchedule;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a history store about fires, one question after the other, on a thread of its own: a store may take its time. While it
 * cannot be reached nothing is claimed, and so nothing is fired, by this guard as by any other with the same store. What it
 * does not answer is asked again, after other questions, until there is no use in it any more.
 *
 * <p>A claim that failed may have been written all the same, its answer lost. When it is given up, what it has claimed is taken
 * back: nothing in the store looks as if this guard were still to launch it.
 */
public final class StoreClaims implements FireClaims {

    private static final Logger LOG = LoggerFactory.getLogger(StoreClaims.class);
    private static final FailureLog FAILURES = new FailureLog(LOG);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Duration SILENCE = Duration.ofSeconds(10);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private static final String TAKEN_OVER =
            "its fire was given to another guard, which takes this one to be dead, or the history store does not have"
                    + " it";

    private static final String CLOSING = "the guard is being closed";

    /** What else is to be done with the store about guards that are dead. */
    public interface Care {

        /** Settles all that they have left: before executions of other guards are taken to be under way. */
        void look() throws IOException;

        /** Looks after the fires that they have claimed and not launched. */
        void lookAtFires() throws IOException;
    }

    private interface Question<T> {
        T ask() throws IOException;
    }

    private final String store;
    private final HistorySession session;
    private final boolean shared;
    private final Optional<String> guard;
    private final Care care;
    private final PluginFaults faults;
    private final GuardClock clock;
    private final RetryQueue work = new RetryQueue();
    private final Thread thread;

    // The thread's own.
    private boolean down;

    private volatile boolean busy;
    private volatile long busySinceNanos;
    private volatile boolean refusing;
    private volatile boolean closed;
    private volatile boolean over;

    /**
     * Makes it, and starts its thread.
     *
     * @param store what the session is, for people
     * @param shared whether schedules are taken up from the store
     * @param guard who claims, as in stored executions
     * @param care looks after what dead guards have left
     */
    public StoreClaims(
            String store,
            HistorySession session,
            boolean shared,
            Optional<String> guard,
            Care care,
            PluginFaults faults,
            GuardClock clock,
            ThreadFactory threads) {
        this.store = store;
        this.session = session;
        this.shared = shared;
        this.guard = guard;
        this.care = care;
        this.faults = faults;
        this.clock = clock;
        thread = threads.newThread(this::workOff);
        thread.setName("nbguard-claims");
        thread.start();
    }

    @Override
    public boolean areShared() {
        return shared;
    }

    @Override
    public void claim(Wanted wanted, Answer answer) {
        // Made once: a claim whose outcome is unknown is repeated as the same one.
        FireClaim claim = new FireClaim(
                wanted.after(),
                wanted.first(),
                wanted.actedOn(),
                stored(wanted.starts()),
                wanted.here(),
                wanted.underWayHere(),
                guard,
                UUID.randomUUID().toString(),
                clock.instant());
        work.add(new Inquiry<FireAnswer>(wanted.until()) {
            @Override
            boolean isRefused() {
                return refusing;
            }

            @Override
            FireAnswer ask() throws IOException {
                return judged(claim);
            }

            @Override
            void answered(FireAnswer found) {
                if (refusing
                        && found instanceof FireAnswer.Claimed
                        && !claim.starts().isEmpty()) {
                    takeBack(claim.starts(), CLOSING, false);
                    answer.isMissing(CLOSING);
                } else {
                    answer.is(found);
                }
            }

            @Override
            void missing(String reason, boolean wasAsked) {
                if (wasAsked && !claim.starts().isEmpty()) {
                    takeBack(claim.starts(), reason, wanted.until().isBefore(clock.instant()));
                }
                answer.isMissing(reason);
            }
        });
    }

    private List<FireStart> stored(List<Start> starts) {
        List<FireStart> stored = new ArrayList<>();
        for (Start start : starts) {
            Execution execution = start.execution();
            stored.add(new FireStart(
                    new StoredExecution(execution.record(), execution.request(), guard, Optional.empty()),
                    start.dueAt()));
        }
        return stored;
    }

    @Override
    public LaunchPermit permit(Instant until) {
        return id -> {
            CompletableFuture<Optional<String>> answer = new CompletableFuture<>();
            work.add(new Inquiry<Boolean>(until) {
                @Override
                boolean isRefused() {
                    return closed;
                }

                @Override
                Boolean ask() throws IOException {
                    return asked(() -> session.launching(id));
                }

                @Override
                void answered(Boolean may) {
                    answer.complete(may ? Optional.empty() : Optional.of(TAKEN_OVER));
                }

                @Override
                void missing(String reason, boolean wasAsked) {
                    answer.complete(
                            Optional.of("its launch could not be written to the history store in time: " + reason));
                }
            });
            return answer;
        };
    }

    @Override
    public void giveBack(List<Start> starts) {
        takeBack(stored(starts), CLOSING, false);
    }

    @Override
    public void giveUp(List<Start> starts, String reason) {
        work.add(new TakingBack(stored(starts), Optional.of(reason), false));
    }

    private void takeBack(List<FireStart> starts, String reason, boolean tooLate) {
        work.add(new TakingBack(starts, shared && !tooLate ? Optional.empty() : Optional.of(reason), tooLate));
    }

    @Override
    public void schedules(Consumer<List<StoredSchedule>> answer) {
        work.add(() -> {
            try {
                answer.accept(List.copyOf(asked(session::schedules)));
                care.lookAtFires();
            } catch (IOException | RuntimeException | LinkageError e) {
                LOG.debug("the schedules of {} cannot be read now", store, e);
            }
        });
    }

    @Override
    public void refuseMore() {
        refusing = true;
        work.hasten();
    }

    // The thread.

    private void workOff() {
        while (!over) {
            try {
                Runnable next = closed ? work.poll() : work.take();
                if (next == null) {
                    return;
                }
                next.run();
            } catch (InterruptedException e) {
                LOG.debug("interrupted, at closing", e);
            } catch (RuntimeException | Error e) {
                FAILURES.error("claiming fires in {} failed unexpectedly; it goes on", store, e);
            }
        }
        giveUpWhatIsLeft();
    }

    /** Answers what there was no time for. */
    private void giveUpWhatIsLeft() {
        work.hasten();
        for (Runnable left = work.poll(); left != null; left = work.poll()) {
            if (left instanceof Inquiry<?> inquiry) {
                inquiry.missing(CLOSING, inquiry.wasAsked);
            }
        }
    }

    /** Asks the store; care for dead guards is none of its answers, and may take longer. */
    private <T> T asked(Question<T> question) throws IOException {
        // In this order: a reader of busy reads the start time next.
        busySinceNanos = clock.nanoTime();
        busy = true;
        try {
            return question.ask();
        } finally {
            busy = false;
        }
    }

    /** One question, until it is answered or there is no use in it any more. */
    private abstract class Inquiry<T> implements Runnable {

        private final Instant until;
        private String reason = "it was busy with other claims until there was no use in this one";
        private final GrowingPause pause = new GrowingPause(FIRST_PAUSE, LONGEST_PAUSE);
        private boolean wasAsked;

        Inquiry(Instant until) {
            this.until = until;
        }

        /** Returns whether it is not asked any more, as the guard is being closed. */
        abstract boolean isRefused();

        abstract T ask() throws IOException;

        abstract void answered(T answer);

        /** There is no answer; {@code wasAsked} says whether the request may have been executed all the same. */
        abstract void missing(String reason, boolean wasAsked);

        @Override
        public void run() {
            if (isRefused() || until.isBefore(clock.instant())) {
                missing(isRefused() && !wasAsked ? CLOSING : reason, wasAsked);
                return;
            }
            wasAsked = true;
            T answer;
            try {
                answer = ask();
            } catch (IOException e) {
                again(reason(e), e);
                return;
            } catch (RuntimeException | Error e) {
                // Catches Errors of a plugin's store too: the waiting caller must get an answer.
                faults.tell(
                        PluginKind.HISTORY.title(),
                        store,
                        Fault.THREW,
                        e,
                        "it threw " + e + " at the claim of a fire; nothing is fired until it answers");
                again(e.toString(), e);
                return;
            }
            tellUp();
            answered(answer);
        }

        private void again(String why, Throwable failure) {
            reason = why;
            tellDown(why, failure);
            if (closed) {
                missing(why, true);
                return;
            }
            work.add(this, isRefused() ? Duration.ZERO : Duration.ofNanos(pause.takeNanos()));
            if (isRefused()) {
                // It may have begun since, and have found nothing to hasten.
                work.hasten();
            }
        }
    }

    /** Takes back what may have been claimed and is not launched by this guard. */
    private final class TakingBack extends Inquiry<Boolean> {

        private final List<FireStart> starts;
        private final Optional<String> end;
        private final boolean tooLate;

        /**
         * Makes it.
         *
         * @param end why they have ended; empty if another guard is to launch them
         * @param tooLate whether their fires are recorded as skipped
         */
        TakingBack(List<FireStart> starts, Optional<String> end, boolean tooLate) {
            super(Instant.MAX);
            this.starts = starts;
            this.end = end;
            this.tooLate = tooLate;
        }

        @Override
        boolean isRefused() {
            return false;
        }

        @Override
        Boolean ask() throws IOException {
            return asked(() -> {
                for (FireStart left : session.notLaunched()) {
                    if (isOurs(left)) {
                        takeBack(left);
                    }
                }
                return true;
            });
        }

        private boolean isOurs(FireStart left) {
            return starts.stream().anyMatch(start -> start.execution()
                    .record()
                    .id()
                    .equals(left.execution().record().id()));
        }

        private void takeBack(FireStart left) throws IOException {
            if (end.isPresent()) {
                session.takeOver(UnlaunchedFires.notLaunched(left, end.get(), tooLate, clock.instant()));
            } else {
                session.write(List.of(new HistoryEntry.OfExecution(UnlaunchedFires.givenBack(left.execution()))));
            }
        }

        @Override
        void answered(Boolean done) {
            LOG.debug("what was claimed in {} and is not launched is taken back", store);
        }

        @Override
        void missing(String reason, boolean wasAsked) {
            LOG.warn(
                    "fires that this guard has claimed and not launched cannot be given back in {}: {}."
                            + " Another guard settles them once this process has ended",
                    store,
                    reason);
        }
    }

    private FireAnswer judged(FireClaim claim) throws IOException {
        FireAnswer answer = ask(claim);
        if (answer instanceof FireAnswer.Full) {
            // They may be those of a guard that was killed.
            care.look();
            answer = ask(claim);
        }
        return answer;
    }

    private FireAnswer ask(FireClaim claim) throws IOException {
        FireAnswer answer = asked(() -> session.claim(claim));
        if (answer == null) {
            faults.tell(
                    PluginKind.HISTORY.title(),
                    store,
                    Fault.INVALID_ANSWER,
                    null,
                    "it answered the claim of a fire with null; nothing is fired until it answers");
            throw new IOException("it answered null");
        }
        return answer;
    }

    private static String reason(Exception e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    private void tellDown(String reason, Throwable e) {
        if (!down) {
            down = true;
            LOG.warn("fires cannot be claimed in {}, and wait for it: {}", store, reason, e);
        }
    }

    private void tellUp() {
        if (down) {
            down = false;
            LOG.info("fires are claimed in {} again", store);
        }
        faults.behaved(PluginKind.HISTORY.title(), store);
    }

    @Override
    public void tellSilence() {
        if (busy && clock.nanoTime() - busySinceNanos > SILENCE.toNanos()) {
            faults.tell(
                    PluginKind.HISTORY.title(),
                    store,
                    Fault.TOO_SLOW,
                    null,
                    "it has not answered the claim of a fire for " + SILENCE.toSeconds()
                            + " s; nothing is fired until it answers");
        }
    }

    /** Does what is left at once, and ends the thread; one that a store holds goes when the store lets go. */
    public void close() throws InterruptedException {
        refusing = true;
        closed = true;
        work.hasten();
        // It may be waiting for something to be due.
        work.add(() -> {});
        thread.join(CLOSE_TIMEOUT.toMillis());
        if (thread.isAlive()) {
            over = true;
            thread.interrupt();
            thread.join(CLOSE_TIMEOUT.toMillis());
        }
    }

    /** Logs it if the store still holds the thread. Call it once the session is closed. */
    public void tellLeft() throws InterruptedException {
        thread.join(CLOSE_TIMEOUT.toMillis());
        if (thread.isAlive()) {
            LOG.warn("{} does not let go; the thread {} is left behind", store, thread.getName());
        }
    }
}
