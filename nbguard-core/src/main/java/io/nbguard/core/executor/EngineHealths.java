package io.nbguard.core.executor;

import io.nbguard.api.GuardClock;
import io.nbguard.api.event.GuardEvent.PluginMisbehaved.Fault;
import io.nbguard.core.event.PluginFaults;
import io.nbguard.core.event.PluginText;
import io.nbguard.core.plugin.PluginKind;
import io.nbguard.core.thread.PlatformThread;
import io.nbguard.spi.executor.EngineHealth;
import io.nbguard.spi.executor.ExecutorSession;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Whether the engines of remote executors answer. Each executor is asked on a thread of its own: one that does not return from the
 * question holds up the first caller for two seconds, and later callers not at all. {@link ExecutorSession#health} returns at once
 * by its contract; two seconds are for a busy machine. Any thread.
 */
public final class EngineHealths implements AutoCloseable {

    private static final long TIMEOUT_NANOS = Duration.ofSeconds(2).toNanos();

    private final OpenExecutors executors;
    private final PluginFaults faults;
    private final GuardClock clock;
    private final ThreadFactory threads;
    // Guarded by this, as is closed.
    private final Map<String, Question> questions = new HashMap<>();
    private boolean closed;
    private final Map<String, Seen> seen = new ConcurrentHashMap<>();

    /** Makes it; asks nothing yet. */
    public EngineHealths(OpenExecutors executors, PluginFaults faults, GuardClock clock, ThreadFactory threads) {
        this.executors = executors;
        this.faults = faults;
        this.clock = clock;
        this.threads = threads;
    }

    /**
     * A question to one executor.
     *
     * @param at when it was asked
     * @param waitUntilNanos until when those who want to know wait for the answer
     */
    private record Question(Instant at, long waitUntilNanos, CompletableFuture<EngineHealth> answer, Thread thread) {}

    /**
     * What was found last.
     *
     * @param since since when; null for as long as the guard exists
     */
    private record Seen(boolean reachable, @Nullable Instant since) {}

    /** Returns how each engine does, by its executor's name; nothing of executors that run executions here. */
    public Map<String, EngineHealth> all() {
        Map<String, @Nullable Question> asked = new LinkedHashMap<>();
        for (OpenExecutor executor : executors.all()) {
            if (!executor.isLocal()) {
                asked.put(executor.name(), question(executor));
            }
        }
        Map<String, EngineHealth> found = new LinkedHashMap<>();
        asked.forEach((name, question) -> found.put(
                name, question == null ? unknown("its guard is closed") : dated(name, answer(name, question))));
        return found;
    }

    /** Returns the question that is open, or a new one; once the guard is closed the last one, null if there was none. */
    private synchronized @Nullable Question question(OpenExecutor executor) {
        Question before = questions.get(executor.name());
        if (closed || (before != null && !before.answer().isDone())) {
            return before;
        }
        Question question = ask(executor);
        questions.put(executor.name(), question);
        return question;
    }

    private Question ask(OpenExecutor executor) {
        CompletableFuture<EngineHealth> answer = new CompletableFuture<>();
        Thread thread = threads.newThread(() -> {
            try {
                EngineHealth health = executor.session().health();
                if (health == null) {
                    tell(executor.name(), Fault.INVALID_ANSWER, null, "its health is null");
                }
                answer.complete(
                        health == null
                                ? unknown("its executor returned null")
                                : new EngineHealth(
                                        health.reachable(), health.since(), PluginText.bounded(health.finding())));
            } catch (Throwable e) {
                tell(executor.name(), Fault.THREW, e, "it cannot say how its engine does: " + e);
                answer.complete(unknown("its executor failed: " + e));
            }
        });
        thread.setName("nbguard-health-" + executor.name());
        thread.start();
        return new Question(clock.instant(), System.nanoTime() + TIMEOUT_NANOS, answer, thread);
    }

    private EngineHealth answer(String name, Question question) {
        try {
            return question.answer()
                    .get(Math.max(0, question.waitUntilNanos() - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            tell(name, Fault.TOO_SLOW, null, "it does not return when it is asked how its engine does");
            return EngineHealth.unreachable(question.at(), "its executor does not say how it does");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return EngineHealth.unreachable(question.at(), "it was not waited for");
        } catch (ExecutionException e) {
            throw new IllegalStateException("an answer never fails", e);
        }
    }

    private static EngineHealth unknown(String finding) {
        return new EngineHealth(false, Optional.empty(), finding);
    }

    /** Adds since when it is so, where the executor does not say. */
    private EngineHealth dated(String name, EngineHealth health) {
        if (Thread.currentThread().isInterrupted()) {
            // The answer may be one of this thread, and not of the engine.
            return health;
        }
        Seen now = seen.compute(name, (key, before) -> {
            if (before != null && before.reachable() == health.reachable()) {
                return before;
            }
            boolean always = before == null && health.reachable();
            return new Seen(health.reachable(), health.since().orElse(always ? null : clock.instant()));
        });
        return health.since().isPresent()
                ? health
                : new EngineHealth(health.reachable(), Optional.ofNullable(now.since()), health.finding());
    }

    private void tell(String executor, Fault fault, @Nullable Throwable cause, String consequence) {
        faults.tell(PluginKind.EXECUTOR.title(), executor, fault, cause, consequence);
    }

    /** Asks nothing more, and waits a second for each question that is not answered. */
    @Override
    public void close() {
        List<Question> open;
        synchronized (this) {
            closed = true;
            open = questions.values().stream()
                    .filter(question -> !question.answer().isDone())
                    .toList();
        }
        for (Question question : open) {
            question.thread().interrupt();
            PlatformThread.join(question.thread());
        }
    }
}
