package io.nbguard.core.watchdog;

import io.nbguard.api.GuardClock;
import io.nbguard.api.event.GuardEvent.PluginMisbehaved.Fault;
import io.nbguard.api.watchdog.Candidate;
import io.nbguard.core.event.PluginFaults;
import io.nbguard.core.measure.Backoff;
import io.nbguard.core.plugin.PluginKind;
import io.nbguard.core.policy.HeaviestPolicy;
import io.nbguard.core.thread.Parking;
import io.nbguard.core.thread.PlatformThread;
import io.nbguard.spi.policy.KillPolicy;
import io.nbguard.spi.policy.KillSituation;
import io.nbguard.spi.policy.Victim;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A kill policy that is asked in such a way that it cannot hold up a kill. nbguard's own are called at once; any other answers
 * on a thread of its own, made for its first question, and is waited for until a deadline. One that did not answer in time
 * is not asked again for a minute, and for longer each time.
 *
 * <p>Sampling thread only, but for {@link #close}. What is wrong with an answer is reported later, by {@link #tellFault}: the
 * signal comes first.
 */
final class TimeBoundPolicy {

    private static final Logger LOG = LoggerFactory.getLogger(TimeBoundPolicy.class);

    private static final String KIND = PluginKind.KILL_POLICY.title();
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(60);
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

    private final KillPolicy policy;
    private final String name;
    private final boolean own;
    private final PluginFaults faults;
    private final GuardClock clock;
    private final ThreadFactory threads;
    private final Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
    private @Nullable Question last;
    private volatile @Nullable Thread thread;
    private volatile @Nullable Question asked;
    private volatile boolean closed;
    private @Nullable Fault fault;
    private @Nullable Throwable thrown;
    private String consequence = "";
    private boolean behaves;

    TimeBoundPolicy(KillPolicy policy, PluginFaults faults, GuardClock clock, ThreadFactory threads) {
        this.policy = policy;
        this.faults = faults;
        this.clock = clock;
        this.threads = threads;
        name = nameOf(policy);
        own = isOwn(policy);
    }

    private static String nameOf(KillPolicy policy) {
        try {
            return policy.name();
        } catch (RuntimeException | LinkageError e) {
            return policy.getClass().getName();
        }
    }

    /** By its class and not by its name, which any object can claim. */
    private static boolean isOwn(KillPolicy policy) {
        return policy.getClass().getPackageName().equals(HeaviestPolicy.class.getPackageName())
                && policy.getClass().getClassLoader() == HeaviestPolicy.class.getClassLoader();
    }

    String name() {
        return name;
    }

    /** Returns whether it is waited for, so that its deadline must be reckoned with. */
    boolean isWaitedFor() {
        return !own && isToBeAsked();
    }

    private boolean isToBeAsked() {
        Question before = last;
        return !backoff.isOn(clock.nanoTime()) && (before == null || before.answered);
    }

    /**
     * Asks it.
     *
     * @param untilNanos until when its answer is waited for, in {@link System#nanoTime()}
     * @return its choice; empty if it has none, or none that counts
     */
    Optional<Victim> choose(KillSituation situation, long untilNanos) {
        if (own) {
            return policy.choose(situation);
        }
        // Those before it may have used up the time: that is no fault of this one.
        if (!isToBeAsked() || System.nanoTime() >= untilNanos) {
            return Optional.empty();
        }
        Question question = new Question(situation, Thread.currentThread());
        last = question;
        long begun = System.nanoTime();
        try {
            ask(question);
        } catch (Throwable e) {
            // There may be no heap for a thread just now: that is no fault of the policy.
            question.answered = true;
            return Optional.empty();
        }
        while (!question.answered && System.nanoTime() < untilNanos) {
            Parking.park(this, untilNanos - System.nanoTime());
        }
        if (!question.answered) {
            return tooSlow(System.nanoTime() - begun);
        }
        return judged(question);
    }

    private void ask(Question question) {
        asked = question;
        Thread present = thread;
        if (present == null || !present.isAlive()) {
            present = PlatformThread.of(threads, this::answerAll, "kill policy " + name);
            present.setDaemon(true);
            thread = present;
            present.start();
        }
        LockSupport.unpark(present);
    }

    private Optional<Victim> tooSlow(long waitedNanos) {
        backoff.failed(clock.nanoTime());
        Thread present = thread;
        if (present != null) {
            present.interrupt();
        }
        return faulty(
                Fault.TOO_SLOW,
                null,
                "did not answer within " + Math.max(1, waitedNanos / 1_000_000)
                        + " ms; the choice was made without it, and it is not asked for "
                        + backoff.pause().toSeconds() + " s");
    }

    private Optional<Victim> judged(Question question) {
        Throwable failure = question.failure;
        if (failure != null) {
            return faulty(Fault.THREW, failure, "threw " + failure + "; the choice was made without it");
        }
        Optional<Victim> victim = question.answer;
        if (victim == null) {
            return faulty(Fault.INVALID_ANSWER, null, "answered null; the choice was made without it");
        }
        if (victim.isPresent() && !isCandidate(victim.get(), question.situation)) {
            return faulty(
                    Fault.INVALID_ANSWER,
                    null,
                    "chose " + victim.get().id() + ", which is not a candidate; the choice was made without it");
        }
        behaves = true;
        return victim;
    }

    private static boolean isCandidate(Victim victim, KillSituation situation) {
        for (Candidate candidate : situation.candidates()) {
            if (candidate.id().equals(victim.id())) {
                return true;
            }
        }
        return false;
    }

    private Optional<Victim> faulty(Fault kind, @Nullable Throwable cause, String what) {
        fault = kind;
        thrown = cause;
        consequence = what;
        return Optional.empty();
    }

    /** Reports what was wrong with its last answer, if anything was. */
    void tellFault() {
        Fault found = fault;
        if (found != null) {
            fault = null;
            faults.tell(KIND, name, found, thrown, consequence);
            thrown = null;
        } else if (behaves) {
            behaves = false;
            faults.behaved(KIND, name);
        }
    }

    /** Ends its thread. One that does not return from the policy cannot be ended: it is interrupted and left behind. */
    void close() {
        closed = true;
        Thread present = thread;
        if (present == null) {
            return;
        }
        present.interrupt();
        if (present == Thread.currentThread()) {
            return;
        }
        Question open = asked;
        if (open != null && !open.answered) {
            LOG.warn(
                    "kill policy {} does not return from choose(); its thread {} is left behind until it does",
                    name,
                    present.getName());
            return;
        }
        PlatformThread.join(present);
    }

    private void answerAll() {
        while (!closed) {
            Question question = asked;
            if (question == null || question.answered) {
                Parking.park(this);
            } else {
                question.answer(policy);
            }
        }
    }

    /** One situation, and what the policy makes of it. It is immutable: a late policy may look at it as long as it likes. */
    private static final class Question {

        private final KillSituation situation;
        private final Thread asker;
        private @Nullable Optional<Victim> answer;
        private @Nullable Throwable failure;
        private volatile boolean answered;

        Question(KillSituation situation, Thread asker) {
            this.situation = situation;
            this.asker = asker;
        }

        void answer(KillPolicy policy) {
            try {
                answer = policy.choose(situation);
            } catch (Throwable e) {
                // Catches Errors too: a policy that fails must not end this thread.
                failure = e;
            }
            answered = true;
            LockSupport.unpark(asker);
        }
    }
}
