package io.nbguard.core.schedule;

import io.nbguard.api.event.GuardEvent.PluginMisbehaved.Fault;
import io.nbguard.core.trigger.CronTrigger;
import io.nbguard.core.trigger.IntervalTrigger;
import io.nbguard.core.trigger.OnceTrigger;
import io.nbguard.spi.Trigger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls triggers. nbguard's own are called at once; any other is called on a thread of its own, which has ten seconds. One
 * that does not return by then is interrupted, and not called again before it has returned.
 *
 * <p>Any thread.
 */
final class TriggerDesk {

    private static final Logger LOG = LoggerFactory.getLogger(TriggerDesk.class);

    /** How long a trigger may take to answer. */
    static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private final ThreadFactory threads;
    private final Predicate<Trigger> trusted;
    private final Duration timeout;
    // Guarded by itself, for moments: the thread that each trigger did not come back on.
    private final Map<Trigger, Thread> lost = new IdentityHashMap<>();
    // Guarded by itself: questions under way.
    private final List<Question<?>> asked = new ArrayList<>();

    /**
     * Makes it.
     *
     * @param trusted which triggers are asked at once
     * @param timeout how long any other may take
     */
    TriggerDesk(ThreadFactory threads, Predicate<Trigger> trusted, Duration timeout) {
        this.threads = threads;
        this.trusted = trusted;
        this.timeout = timeout;
    }

    /** Returns whether a trigger is one of nbguard's own. */
    static boolean isOurs(Trigger trigger) {
        return trigger instanceof CronTrigger || trigger instanceof IntervalTrigger || trigger instanceof OnceTrigger;
    }

    /**
     * Asks, and waits for the answer.
     *
     * @param question asks the trigger whatever is to be known
     * @throws TriggerBroken if it does not answer in time, or answers what it must not
     * @throws IllegalArgumentException as the trigger does, about its expression
     */
    <T> T ask(Trigger trigger, Supplier<T> question) {
        if (trusted.test(trigger)) {
            return question.get();
        }
        Question<T> asking = begin(trigger, question);
        asking.await(timeout);
        try {
            return asking.answer.join();
        } catch (CompletionException e) {
            Throwable failure = e.getCause() == null ? e : e.getCause();
            if (failure instanceof TriggerBroken broken) {
                throw broken;
            }
            if (failure instanceof IllegalArgumentException refusal) {
                throw refusal;
            }
            throw threw(failure);
        }
    }

    private static TriggerBroken threw(Throwable failure) {
        return new TriggerBroken(Fault.THREW, "it threw " + failure, failure);
    }

    /**
     * Asks; returns at once, unless the trigger is nbguard's own.
     *
     * @param answered takes the answer, on any thread
     * @param broke called if there is none; a trigger that has accepted its expression must not refuse it later
     */
    <T> void ask(Trigger trigger, Supplier<T> question, Consumer<T> answered, Consumer<TriggerBroken> broke) {
        if (trusted.test(trigger)) {
            T answer;
            try {
                answer = question.get();
            } catch (RuntimeException | LinkageError | StackOverflowError e) {
                broke.accept(e instanceof TriggerBroken broken ? broken : threw(e));
                return;
            }
            answered.accept(answer);
            return;
        }
        begin(trigger, question).answer.whenComplete((answer, failure) -> {
            if (failure == null) {
                answered.accept(answer);
            } else {
                broke.accept(failure instanceof TriggerBroken broken ? broken : threw(failure));
            }
        });
    }

    private <T> Question<T> begin(Trigger trigger, Supplier<T> question) {
        Question<T> asking = new Question<>(trigger, question);
        synchronized (lost) {
            Thread gone = lost.get(trigger);
            if (gone != null && gone.isAlive()) {
                asking.answer.completeExceptionally(new TriggerBroken(
                        Fault.TOO_SLOW, "it has not come back from an earlier question, and is not asked again", null));
                return asking;
            }
            lost.remove(trigger);
        }
        synchronized (asked) {
            asked.add(asking);
        }
        try {
            asking.thread.start();
        } catch (Throwable e) {
            synchronized (asked) {
                asked.remove(asking);
            }
            throw e;
        }
        return asking;
    }

    /** Gives up the questions whose time is over. */
    void expire() {
        for (Question<?> asking : underWay()) {
            if (System.nanoTime() - asking.beganNanos > timeout.toNanos()) {
                asking.giveUp();
            }
        }
    }

    /** Gives up every question, and waits a moment for their threads. */
    void close() throws InterruptedException {
        List<Question<?>> open = underWay();
        open.forEach(Question::giveUp);
        List<Thread> left = new ArrayList<>();
        synchronized (lost) {
            left.addAll(lost.values());
        }
        long end = System.nanoTime() + CLOSE_TIMEOUT.toNanos();
        for (Thread thread : left) {
            thread.interrupt();
            thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
            if (thread.isAlive()) {
                LOG.warn("{} does not heed its interrupt; it is left behind", thread.getName());
            }
        }
    }

    private List<Question<?>> underWay() {
        synchronized (asked) {
            return List.copyOf(asked);
        }
    }

    private final class Question<T> {

        private final Trigger trigger;
        private final CompletableFuture<T> answer = new CompletableFuture<>();
        private final Thread thread;
        private final long beganNanos = System.nanoTime();

        Question(Trigger trigger, Supplier<T> question) {
            this.trigger = trigger;
            thread = threads.newThread(() -> {
                try {
                    answer.complete(question.get());
                } catch (Throwable e) {
                    // Errors too: the trigger may be a plugin.
                    answer.completeExceptionally(e);
                } finally {
                    end();
                }
            });
            thread.setName("nbguard-trigger");
        }

        private void end() {
            synchronized (asked) {
                asked.remove(this);
            }
        }

        /** Waits until there is an answer, or none will be. */
        void await(Duration longest) {
            try {
                answer.get(longest.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                giveUp();
            } catch (InterruptedException e) {
                giveUp();
                Thread.currentThread().interrupt();
            } catch (ExecutionException e) {
                LOG.debug("a trigger has failed; its caller reports it", e);
            }
        }

        void giveUp() {
            synchronized (lost) {
                if (thread.isAlive()) {
                    lost.put(trigger, thread);
                }
            }
            end();
            // First: what it answers when it is interrupted is no answer.
            answer.completeExceptionally(
                    new TriggerBroken(Fault.TOO_SLOW, "it did not answer within " + timeout.toMillis() + " ms", null));
            thread.interrupt();
        }
    }
}
