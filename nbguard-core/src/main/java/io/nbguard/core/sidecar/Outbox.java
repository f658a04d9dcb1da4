package io.nbguard.core.sidecar;

import io.nbguard.core.thread.Parking;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages on their way to the other side. A sender returns at once, even while the other side does not read: a thread of its
 * own does the waiting.
 */
final class Outbox implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
    private static final int MOST_WAITING = 4_096;

    private final DataOutputStream out;
    private final Queue<Message> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong lost = new AtomicLong();
    private volatile @Nullable Thread thread;
    private volatile boolean closed;

    Outbox(OutputStream stream) {
        out = new DataOutputStream(new BufferedOutputStream(stream, 8_192));
    }

    /** Sends what must not be lost, and of which there is never much. */
    void send(Message message) {
        put(message);
        flush();
    }

    /** Puts a message where whatever is sent later comes after it, and leaves it to {@link #flush} to have it written. */
    void put(Message message) {
        waiting.incrementAndGet();
        queue.add(message);
    }

    /** Writes everything that was put. */
    void flush() {
        LockSupport.unpark(thread);
    }

    /** Sends what is dropped, counted and reported when too much waits. */
    void offer(Message message) {
        if (waiting.get() < MOST_WAITING) {
            send(message);
        } else {
            lost.incrementAndGet();
        }
    }

    /** Returns whether everything was handed to the kernel. */
    boolean isIdle() {
        return waiting.get() == 0;
    }

    /** Ends the thread once everything was written. */
    void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    /** Writes until it is closed, or until the other side has gone. */
    @Override
    public void run() {
        thread = Thread.currentThread();
        try (out) {
            MessageWire.writeGreeting(out);
            out.flush();
            while (true) {
                // Read before the queue: whatever was sent before close() is then seen below.
                boolean last = closed;
                if (writeAll() == 0) {
                    if (last) {
                        return;
                    }
                    Parking.park(this);
                }
            }
        } catch (IOException e) {
            LOG.debug("the other side does not read any more", e);
        }
    }

    private int writeAll() throws IOException {
        int written = 0;
        for (Message message = queue.poll(); message != null; message = queue.poll()) {
            MessageWire.write(message, out);
            written++;
        }
        if (written > 0) {
            long missed = lost.getAndSet(0);
            if (missed > 0) {
                MessageWire.write(new Message.Lost(missed), out);
            }
            out.flush();
            waiting.addAndGet(-written);
        }
        return written;
    }
}
