package io.nbguard.core.history;

import io.nbguard.api.Execution;
import io.nbguard.api.GuardEvent.PluginMisbehaved.Fault;
import io.nbguard.core.GuardClock;
import io.nbguard.core.plugin.PluginFaults;
import io.nbguard.core.plugin.PluginKind;
import io.nbguard.core.schedule.FireClaims;
import io.nbguard.core.schedule.LaunchPermit;
import io.nbguard.spi.FireAnswer;
import io.nbguard.spi.FireClaim;
import io.nbguard.spi.FireStart;
import io.nbguard.spi.HistorySession;
import io.nbguard.spi.StoredExecution;
import io.nbguard.spi.StoredSchedule;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims fires in a history store, one after the other, on a thread of its own: a store may take its time. While it cannot be
 * reached nothing is claimed, and so nothing is fired, by this guard as by any other with the same store: it is tried again
 * until there is no use in it any more.
 */
public final class StoreClaims implements FireClaims {

    private static final Logger LOG = LoggerFactory.getLogger(StoreClaims.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Duration SILENCE = Duration.ofSeconds(10);
    private static final Duration LAST_PATIENCE = Duration.ofSeconds(1);

    private static final String TAKEN_OVER =
            "its fire was given to another guard, which takes this one to be dead, or the history store does not have it";

    /** What else is to be done with the store about guards that are dead. */
    public interface Care {

        /** Looks after all that they have left: before it is believed that executions of other guards are under way. */
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
    private final BlockingQueue<Runnable> work = new LinkedBlockingQueue<>();
    private final Thread thread;

    // The thread's own.
    private boolean down;

    private volatile boolean busy;
    private volatile long busySinceNanos;
    private volatile boolean refusing;
    private volatile boolean closed;

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
        // Made once: a claim of which nobody knows whether it was taken is made again as the same one.
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
        work.add(() -> untilAnswered(wanted.until(), () -> judged(claim), answer::is, answer::isMissing));
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
            work.add(() -> untilAnswered(
                    until,
                    () -> session.launching(id),
                    may -> answer.complete(may ? Optional.empty() : Optional.of(TAKEN_OVER)),
                    why -> answer.complete(
                            Optional.of("the history store could not be told of its launch, in time: " + why))));
            return answer;
        };
    }

    @Override
    public void schedules(Consumer<List<StoredSchedule>> answer) {
        work.add(() -> {
            try {
                answer.accept(List.copyOf(session.schedules()));
                care.lookAtFires();
            } catch (IOException | RuntimeException | LinkageError e) {
                LOG.debug("the schedules of {} cannot be read now", store, e);
            }
        });
    }

    @Override
    public void refuseMore() {
        refusing = true;
        LockSupport.unpark(thread);
    }

    // The thread.

    private void workOff() {
        while (!closed) {
            try {
                Runnable next = work.take();
                busySinceNanos = clock.nanoTime();
                busy = true;
                next.run();
            } catch (InterruptedException e) {
                LOG.debug("interrupted, at closing", e);
            } catch (RuntimeException | Error e) {
                LOG.error("claiming fires in {} stumbled; it goes on", store, e);
            } finally {
                busy = false;
            }
        }
    }

    private <T> void untilAnswered(
            Instant until, Question<T> question, Consumer<T> answered, Consumer<String> missing) {
        String reason = "it was busy with other claims until there was no use in this one";
        Duration pause = FIRST_PAUSE;
        while (!closed && !until.isBefore(clock.instant())) {
            Optional<T> found = Optional.empty();
            try {
                busySinceNanos = clock.nanoTime();
                found = Optional.of(question.ask());
            } catch (IOException e) {
                reason = reason(e);
                tellDown(reason, e);
            } catch (RuntimeException | LinkageError e) {
                reason = e.toString();
                faults.tell(
                        PluginKind.HISTORY.title(),
                        store,
                        Fault.THREW,
                        e,
                        "it threw " + e + " at the claim of a fire; nothing is fired until it answers");
                tellDown(reason, e);
            }
            if (found.isPresent()) {
                tellUp();
                answered.accept(found.get());
                return;
            }
            if (refusing) {
                break;
            }
            LockSupport.parkNanos(this, pause.toNanos());
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
        missing.accept(reason);
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
        FireAnswer answer = session.claim(claim);
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

    /** Ends the thread; one that a store holds goes when the store lets go. */
    public void close() throws InterruptedException {
        refusing = true;
        closed = true;
        thread.interrupt();
        thread.join(LAST_PATIENCE.toMillis());
    }

    /** Says so if the store has not let go of the thread. To be called once the session is closed. */
    public void tellLeft() throws InterruptedException {
        thread.join(LAST_PATIENCE.toMillis());
        if (thread.isAlive()) {
            LOG.warn("{} does not let go; the thread {} is left behind", store, thread.getName());
        }
    }
}
