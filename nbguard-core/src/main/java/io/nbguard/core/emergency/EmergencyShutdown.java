package io.nbguard.core.emergency;

import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.watchdog.EmergencyReport;
import io.nbguard.core.admission.Executions;
import io.nbguard.core.execution.GuardedExecution;
import io.nbguard.core.execution.RunDependencies;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends everything at once (spec E9). At most one shutdown is under way: a caller that orders another one meanwhile waits for
 * it. Safe for use by any thread.
 */
public final class EmergencyShutdown {

    /** How long a shutdown may take where the caller gives no bound. */
    public static final Duration USUAL_BOUND = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(EmergencyShutdown.class);
    private static final long THREADS_TIMEOUT_MILLIS = 5_000;

    private final Executions executions;
    private final RunDependencies dependencies;
    private final AtomicReference<Sweep> underWay = new AtomicReference<>();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    /** Ends nothing yet. */
    public EmergencyShutdown(Executions executions, RunDependencies dependencies) {
        this.executions = executions;
        this.dependencies = dependencies;
    }

    /**
     * Ends every execution that has not ended, and waits for it.
     *
     * @param longest how long to wait at most; another second may be spent on the file
     */
    public EmergencyReport order(String reason, Duration longest) {
        return order(reason, longest, executions.live());
    }

    private EmergencyReport order(String reason, Duration longest, List<GuardedExecution> targets) {
        Sweep sweep = new Sweep(reason, longest, targets, dependencies, this::start);
        if (sweep.isIdle()) {
            LOG.info("emergency shutdown: there is nothing to end ({})", reason);
            return sweep.report(Optional.empty());
        }
        Sweep other = underWay.compareAndExchange(null, sweep);
        if (other != null) {
            LOG.warn("an emergency shutdown is under way already; another one was ordered: {}", reason);
            EmergencyReport joined = other.join(longest);
            List<GuardedExecution> left =
                    targets.stream().filter(target -> !other.has(target)).toList();
            sweep = new Sweep(reason, longest, left, dependencies, this::start);
            if (sweep.isIdle() || !underWay.compareAndSet(null, sweep)) {
                return joined;
            }
        }
        try {
            EmergencyReport report = sweep.carryOut();
            dependencies.events().publish(new GuardEvent.EmergencyShutdown(report.at(), report));
            return report;
        } finally {
            underWay.set(null);
        }
    }

    /**
     * Ends what holds memory of this node, on a thread of its own, and returns at once. What engines run elsewhere goes on: its end
     * would free nothing here.
     */
    public void orderApart(String reason) {
        start("nbguard-emergency", () -> {
            List<GuardedExecution> here = executions.live().stream()
                    .filter(execution -> execution.openExecutor().isLocal())
                    .toList();
            order(reason, USUAL_BOUND, here);
        });
    }

    private void start(String name, Runnable work) {
        Thread thread = dependencies.threads().newThread(() -> {
            try {
                work.run();
            } finally {
                threads.remove(Thread.currentThread());
            }
        });
        thread.setName(name);
        threads.add(thread);
        try {
            thread.start();
        } catch (Throwable noThread) {
            threads.remove(thread);
            throw noThread;
        }
    }

    /** Waits for what is under way, for five seconds at most. */
    public void close() throws InterruptedException {
        for (Thread thread : List.copyOf(threads)) {
            // The caller may itself be one of them: the completion of an execution may close the guard.
            if (thread != Thread.currentThread()) {
                thread.join(THREADS_TIMEOUT_MILLIS);
                if (thread.isAlive()) {
                    LOG.warn("{} does not end; it is left behind", thread.getName());
                }
            }
        }
    }
}
