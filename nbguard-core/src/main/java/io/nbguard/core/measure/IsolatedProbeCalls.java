package io.nbguard.core.measure;

import io.nbguard.core.thread.Parking;
import io.nbguard.core.thread.PlatformThread;
import io.nbguard.spi.probe.NodeGauges;
import io.nbguard.spi.probe.ProbeSession;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls a probe that is not nbguard's own on a thread that is the probe's, and waits for it until a deadline. The thread is
 * made for the first call; handing a call over costs two wake-ups and allocates nothing. {@link #close} is for any thread.
 */
final class IsolatedProbeCalls implements ProbeCalls, AutoCloseable {

    /** Most calls return sooner than a thread could be put to sleep. */
    private static final long SPIN_NANOS = 20_000L;

    private static final Logger LOG = LoggerFactory.getLogger(IsolatedProbeCalls.class);

    private final String name;
    private final ProbeSession session;
    private final long longestNanos;
    private final ThreadFactory threads;
    private final NodeGauges gauges = new NodeGauges();
    private volatile @Nullable Thread thread;
    private volatile @Nullable Thread asker;
    private volatile long asked;
    private volatile long answered;
    private volatile boolean closed;
    private boolean everything;
    private @Nullable Throwable failure;

    /**
     * Makes them; no thread yet.
     *
     * @param timeout how long a call is waited for
     */
    IsolatedProbeCalls(OpenProbe probe, Duration timeout, ThreadFactory threads) {
        name = probe.name();
        session = probe.session();
        longestNanos = timeout.toNanos();
        this.threads = threads;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread asks, the other answers
    public Outcome read(boolean all) {
        if (answered != asked) {
            return Outcome.HELD;
        }
        everything = all;
        asker = Thread.currentThread();
        asked++;
        try {
            wake();
        } catch (Throwable e) {
            // There may be no heap for a thread just now.
            answered = asked;
            return Outcome.LATE;
        }
        long begun = System.nanoTime();
        for (long waited = 0; answered != asked; waited = System.nanoTime() - begun) {
            if (waited >= longestNanos) {
                return Outcome.LATE;
            }
            if (waited < SPIN_NANOS) {
                Thread.onSpinWait();
            } else {
                Parking.park(this, longestNanos - waited);
            }
        }
        return failure == null ? Outcome.DONE : Outcome.THREW;
    }

    private void wake() {
        Thread present = thread;
        if (present == null || !present.isAlive()) {
            present = PlatformThread.of(threads, this::work, "resource probe " + name);
            present.setDaemon(true);
            thread = present;
            present.start();
        }
        LockSupport.unpark(present);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread asks, the other answers
    private void work() {
        while (!closed) {
            if (answered == asked) {
                Parking.park(this);
                continue;
            }
            Throwable thrown = null;
            try {
                if (everything) {
                    session.sample(gauges);
                } else {
                    session.sampleMemory(gauges);
                }
            } catch (Throwable e) {
                // Catches Errors too: a probe that fails must not end this thread.
                thrown = e;
            }
            failure = thrown;
            answered = asked;
            LockSupport.unpark(asker);
        }
    }

    @Override
    public long longestNanos() {
        return longestNanos;
    }

    @Override
    public NodeGauges gauges() {
        return gauges;
    }

    @Override
    public @Nullable Throwable failure() {
        return failure;
    }

    /** Ends its thread. One that does not return from the probe cannot be ended: it is interrupted and left behind. */
    @Override
    public void close() {
        closed = true;
        Thread present = thread;
        if (present == null) {
            return;
        }
        boolean held = answered != asked;
        present.interrupt();
        if (held) {
            LOG.warn(
                    "resource probe {} does not return from its call; its thread {} is left behind until it does",
                    name,
                    present.getName());
        } else {
            PlatformThread.join(present);
        }
    }
}
