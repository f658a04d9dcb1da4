package io.nbguard.core.execution;

import io.nbguard.api.GuardEvent.PluginMisbehaved.Fault;
import io.nbguard.spi.LaunchedExecution;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has an executor interrupt, terminate and kill what it has launched, each on a thread of its own: one that does not return
 * must not hold up the run, which kills the processes itself, nor a harder force. The run's thread only.
 */
final class ExecutorCalls {

    private static final Logger LOG = LoggerFactory.getLogger(ExecutorCalls.class);
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final LaunchedExecution underWay;
    private final ExecutorFaults faults;
    private final ThreadFactory threads;
    private final Map<String, Thread> latest = new HashMap<>();

    ExecutorCalls(LaunchedExecution underWay, ExecutorFaults faults, ThreadFactory threads) {
        this.underWay = underWay;
        this.faults = faults;
        this.threads = threads;
    }

    /** Has it do something, and waits a moment for its return; does nothing while the same has not returned from earlier. */
    void call(String what, Consumer<LaunchedExecution> call) {
        Thread before = latest.get(what);
        if (before != null && before.isAlive()) {
            return;
        }
        // A milder force that has not returned by now is of no use any more.
        latest.values().forEach(Thread::interrupt);
        Thread thread = threads.newThread(() -> {
            try {
                call.accept(underWay);
            } catch (Throwable e) {
                // A stranger's code, its Errors too: what it does not do is done without it.
                faults.tell(Fault.THREW, e, "its " + what + "() threw " + e + "; the processes are ended without it");
            }
        });
        thread.setName("nbguard-stop");
        latest.put(what, thread);
        thread.start();
        if (!ends(thread)) {
            faults.tell(Fault.TOO_SLOW, null, "its " + what + "() does not return; the processes are ended without it");
        }
    }

    private static boolean ends(Thread thread) {
        try {
            thread.join(PATIENCE.toMillis());
        } catch (InterruptedException e) {
            // Nobody has a reason to interrupt a run: it goes on.
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
