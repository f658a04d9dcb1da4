package io.nbguard.core.admission;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardClock;
import io.nbguard.api.GuardException;
import io.nbguard.api.event.GuardEvent.PluginMisbehaved.Fault;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.core.event.PluginFaults;
import io.nbguard.core.event.PluginText;
import io.nbguard.core.executor.OpenExecutor;
import io.nbguard.core.plugin.PluginKind;
import io.nbguard.spi.executor.ExecutorSession;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks executors whether their engines would refuse a request, each question on a thread of its own: schedules ask too, and one
 * executor that does not return must not hold up those of the others. {@link ExecutorSession#check} returns at once by its
 * contract. One that does not is named, its request is taken without its answer, and it is not asked again for a minute, nor before it has returned.
 * Any thread.
 */
final class EngineCheck {

    private static final Duration LONGEST = Duration.ofSeconds(5);
    private static final Duration NOT_ASKED_AGAIN = Duration.ofMinutes(1);

    private final PluginFaults faults;
    private final GuardClock clock;
    private final ThreadFactory threads;
    private final Map<String, Silence> silent = new ConcurrentHashMap<>();

    /**
     * An executor that has not answered.
     *
     * @param thread which it still holds, perhaps: it gets no second one before it returns
     */
    private record Silence(long sinceNanos, Thread thread) {}

    EngineCheck(PluginFaults faults, GuardClock clock, ThreadFactory threads) {
        this.faults = faults;
        this.clock = clock;
        this.threads = threads;
    }

    /**
     * Asks, and waits for the answer.
     *
     * @throws GuardException as the executor does, or (PLUGIN) if it breaks
     */
    void check(ExecutionRequest request, OpenExecutor executor) {
        Silence silence = silent.get(executor.name());
        if (silence != null
                && (silence.thread().isAlive()
                        || clock.nanoTime() - silence.sinceNanos() < NOT_ASKED_AGAIN.toNanos())) {
            return;
        }
        FutureTask<Void> question = new FutureTask<>(() -> executor.session().check(request), null);
        Thread thread = threads.newThread(question);
        thread.setName("nbguard-check-" + executor.name());
        thread.start();
        try {
            question.get(LONGEST.toNanos(), TimeUnit.NANOSECONDS);
            silent.remove(executor.name());
        } catch (ExecutionException e) {
            throw refusal(executor.name(), e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            silent.put(executor.name(), new Silence(clock.nanoTime(), thread));
            question.cancel(true);
            faults.tell(
                    PluginKind.EXECUTOR.title(),
                    executor.name(),
                    Fault.TOO_SLOW,
                    null,
                    "it does not say within " + LONGEST.toSeconds()
                            + " s whether its engine takes a request; the request is"
                            + " taken without its answer, and it is not asked again for a minute");
        } catch (InterruptedException e) {
            question.cancel(true);
            Thread.currentThread().interrupt();
        }
    }

    private static GuardException refusal(String executor, Throwable failure) {
        if (failure instanceof GuardException refusal) {
            return new GuardException(
                    refusal.code(), PluginText.bounded(String.valueOf(refusal.getMessage())), refusal);
        }
        return new GuardException(
                ErrorCode.PLUGIN,
                PluginText.bounded("executor '" + executor + "' broke when it was to check a request: " + failure),
                failure);
    }
}
