package io.nbguard.core.assembly;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts that are open, in the order of opening. Each is added as soon as it is open, and closed once, in the reverse order; one
 * that throws is logged, and those below it are closed all the same. Safe for use by any thread.
 */
public final class OpenParts implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OpenParts.class);
    private static final Duration PLUGIN_TIMEOUT = Duration.ofSeconds(10);

    // As far down as where a plugin's own code called what it waits in.
    private static final int DEPTH = 8;

    private final ThreadFactory threads;
    private final Deque<Part> parts = new ArrayDeque<>();
    private final AtomicBoolean closing = new AtomicBoolean();

    private record Part(String name, AutoCloseable closing) {}

    /**
     * Begins with none.
     *
     * @param threads makes the threads on which plugins are closed
     */
    public OpenParts(ThreadFactory threads) {
        this.threads = threads;
    }

    /**
     * Adds a part of nbguard's own, which takes bounded time to close. It is closed on the closing thread.
     *
     * @param name what it is, for the log
     * @return the part
     */
    public <P extends AutoCloseable> P add(String name, P part) {
        onClose(name, part);
        return part;
    }

    /** Adds what is to be done when those parts are closed that are added later; it takes bounded time. */
    public synchronized void onClose(String name, AutoCloseable closing) {
        parts.push(new Part(name, closing));
    }

    /**
     * Adds a part that may never return from being closed, such as a plugin's session. It is closed on a thread of its own, which is
     * waited for, ten seconds at most.
     *
     * @param name what it is, for the log
     * @return the part
     */
    public <P extends AutoCloseable> P addPlugin(String name, P part) {
        return addPlugin(name, part, PLUGIN_TIMEOUT);
    }

    /** Adds a part as {@link #addPlugin(String, AutoCloseable)} does, and waits {@code longest} at most. */
    public <P extends AutoCloseable> P addPlugin(String name, P part, Duration longest) {
        Objects.requireNonNull(part, name);
        onClose(name, () -> closeOnThread(name, part, longest));
        return part;
    }

    /** Takes out the part that was added last: another part, to be added now, closes it from now on. */
    public synchronized void handOverLast() {
        parts.pop();
    }

    /**
     * Closes all, the last first. If this thread is interrupted, it stays so, and the parts get their time all the same. While one
     * thread closes, the call of another returns at once: two would close parts that the other still closes above them.
     */
    @Override
    public void close() {
        if (closing.compareAndSet(false, true)) {
            try {
                closeAll();
            } finally {
                closing.set(false);
            }
        }
    }

    private void closeAll() {
        boolean interrupted = Thread.interrupted();
        for (Part part = takeLast(); part != null; part = takeLast()) {
            try {
                part.closing().close();
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (Throwable e) {
                // Also an error: the parts below it hold processes and files.
                LOG.warn("{} could not be closed", part.name(), e);
            }
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized @Nullable Part takeLast() {
        return parts.poll();
    }

    private void closeOnThread(String name, AutoCloseable part, Duration longest) throws Exception {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Thread thread;
        try {
            thread = threads.newThread(() -> {
                try {
                    part.close();
                } catch (Throwable e) {
                    failure.set(e);
                }
            });
            thread.setName("nbguard-close");
            thread.start();
        } catch (RuntimeException | Error e) {
            LOG.debug("there is no thread to close {} on", name, e);
            part.close();
            return;
        }
        boolean interrupted = join(thread, longest);
        if (thread.isAlive()) {
            LOG.warn(
                    "{} is not closed: its close() has not returned for {} s. The other parts are closed without it; its thread"
                            + " '{}' is interrupted and left behind, and connections, files and threads that it holds stay open"
                            + " until it returns or this process ends. Does it wait for a lock that '{}', which closes the"
                            + " guard, holds? It waits at {}",
                    name,
                    longest.toSeconds(),
                    thread.getName(),
                    Thread.currentThread().getName(),
                    place(thread));
            thread.interrupt();
        } else if (failure.get() != null) {
            LOG.warn("{} could not be closed", name, failure.get());
        }
        if (interrupted) {
            throw new InterruptedException();
        }
    }

    private static String place(Thread thread) {
        StackTraceElement[] trace = thread.getStackTrace();
        return Stream.of(trace).limit(DEPTH).map(Object::toString).collect(Collectors.joining(" < "));
    }

    /** Waits for its end, for {@code longest} at most; returns whether this thread was interrupted meanwhile. */
    private static boolean join(Thread thread, Duration longest) {
        long end = System.nanoTime() + longest.toNanos();
        boolean interrupted = false;
        while (true) {
            try {
                // One more: 0 would wait for ever.
                thread.join(Math.max(0, end - System.nanoTime()) / 1_000_000 + 1);
                return interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }
}
