package io.nbguard.core.execution;

import io.nbguard.api.GuardClock;
import io.nbguard.api.GuardEvent.PluginMisbehaved.Fault;
import io.nbguard.core.event.PluginFaults;
import io.nbguard.core.plugin.PluginKind;
import io.nbguard.spi.EngineHealth;
import io.nbguard.spi.ExecutorSession;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
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
    private final Map<String, Question> questions = new ConcurrentHashMap<>();
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
        Map<String, Question> asked = new LinkedHashMap<>();
        for (OpenExecutor executor : executors.all()) {
            if (!executor.isLocal()) {
                asked.put(
                        executor.name(),
                        questions.compute(
                                executor.name(),
                                (name, before) ->
                                        before == null || before.answer().isDone() ? ask(executor) : before));
            }
        }
        Map<String, EngineHealth> found = new LinkedHashMap<>();
        asked.forEach((name, question) -> found.put(name, dated(name, answer(name, question))));
        return found;
    }

    private Question ask(OpenExecutor executor) {
        CompletableFuture<EngineHealth> answer = new CompletableFuture<>();
        Thread thread = threads.newThread(() -> {
            try {
                EngineHealth health = executor.session().health();
                if (health == null) {
                    tell(executor.name(), Fault.INVALID_ANSWER, null, "its health is null");
                }
                answer.complete(health == null ? unknown("its executor returned null") : health);
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

    /** Interrupts the questions that are not answered. */
    @Override
    public void close() {
        for (Question question : questions.values()) {
            question.thread().interrupt();
        }
    }
}
