package io.nbguard.core.execution;

import io.nbguard.api.GuardClock;
import io.nbguard.api.event.GuardEvent.PluginMisbehaved.Fault;
import io.nbguard.spi.executor.Force;
import io.nbguard.spi.executor.LaunchedExecution;
import io.nbguard.spi.executor.StopAnswer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks an executor to stop what it has launched, each force on a thread of its own: one that does not return must not hold up
 * the run, which kills the processes itself, nor a harder force. The run's thread only, but for the answers.
 */
final class ExecutorCalls {

    private static final Logger LOG = LoggerFactory.getLogger(ExecutorCalls.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final Duration LONGEST_CALL = Duration.ofSeconds(30);

    /** What holds when a stop fails, of an execution whose processes are here. */
    static final String LOCAL = "; the processes are ended without it";

    /** What holds when a stop fails, of an execution that an engine runs. */
    static final String REMOTE = "; it is asked again, and the execution stays until its engine says that it is gone";

    private final LaunchedExecution underWay;
    private final ExecutorFaults faults;
    private final ThreadFactory threads;
    private final GuardClock clock;
    private final Answered answered;
    private final Runnable wake;
    private final String instead;
    private final Map<Force, Long> calledAtNanos = new EnumMap<>(Force.class);
    private final Map<Force, Thread> latest = new EnumMap<>(Force.class);
    private final Map<Force, CompletableFuture<StopAnswer>> asked = new ConcurrentHashMap<>();

    /** Takes the result of a stop, on any thread. */
    interface Answered {
        void hears(Force force, StopAnswer answer, long nowNanos);
    }

    /**
     * Makes it.
     *
     * @param wake called after each answer
     * @param instead what holds when a stop fails: {@link #LOCAL} or {@link #REMOTE}
     */
    ExecutorCalls(
            LaunchedExecution underWay,
            ExecutorFaults faults,
            ThreadFactory threads,
            GuardClock clock,
            Answered answered,
            Runnable wake,
            String instead) {
        this.underWay = underWay;
        this.faults = faults;
        this.threads = threads;
        this.clock = clock;
        this.answered = answered;
        this.wake = wake;
        this.instead = instead;
    }

    /**
     * Asks for the end, and waits a moment for the return of the call; does nothing while the same force has not returned, or is
     * not answered, from earlier, but for the interrupt of a call that takes longer than half a minute.
     */
    void stop(Force force) {
        Thread before = latest.get(force);
        if (before != null && before.isAlive()) {
            if (clock.nanoTime() - calledAtNanos.getOrDefault(force, 0L) > LONGEST_CALL.toNanos()) {
                // Else it is never asked again.
                before.interrupt();
            }
            return;
        }
        // After its thread has ended: that leaves the answer here.
        CompletableFuture<StopAnswer> open = asked.get(force);
        if (open != null && !open.isDone()) {
            return;
        }
        // A milder force that has not returned by now is of no use any more.
        latest.values().forEach(Thread::interrupt);
        Thread thread = threads.newThread(() -> call(force));
        thread.setName("nbguard-stop");
        latest.put(force, thread);
        calledAtNanos.put(force, clock.nanoTime());
        thread.start();
        if (!ends(thread)) {
            faults.tell(Fault.TOO_SLOW, null, "its stop(" + force + ") does not return" + instead);
        }
    }

    private void call(Force force) {
        try {
            CompletableFuture<StopAnswer> answer = underWay.stop(force);
            if (answer == null) {
                throw new ExecutorBroken(Fault.INVALID_ANSWER, "its stop(" + force + ") returned null");
            }
            asked.put(force, answer);
            answer.whenComplete((given, failure) -> {
                if (failure != null || given == null) {
                    failed(force, failure == null ? new NullPointerException("its answer is null") : failure);
                } else {
                    answered.hears(force, given, clock.nanoTime());
                }
                wake.run();
            });
        } catch (Throwable e) {
            // A plugin's code, its Errors too: what it does not do is done without it.
            failed(force, e);
        }
    }

    private void failed(Force force, Throwable e) {
        if (e instanceof ExecutorBroken broken) {
            faults.tell(broken.fault(), null, broken.getMessage() + instead);
        } else {
            faults.tell(Fault.THREW, e, "its stop(" + force + ") threw " + e + instead);
        }
        answered.hears(force, StopAnswer.unreachable("executor failed: " + e), clock.nanoTime());
    }

    private static boolean ends(Thread thread) {
        try {
            thread.join(TIMEOUT.toMillis());
        } catch (InterruptedException e) {
            // No caller has a reason to interrupt a run: it goes on.
            LOG.debug("interrupted while {} was under way", thread.getName(), e);
        }
        return !thread.isAlive();
    }

    /** Interrupts the calls that have not returned. */
    void close() {
        List<Thread> left = latest.values().stream().filter(Thread::isAlive).toList();
        left.forEach(Thread::interrupt);
        for (Thread thread : left) {
            if (!ends(thread)) {
                LOG.warn("{} does not heed its interrupt; it is left behind", thread.getName());
            }
        }
    }
}
