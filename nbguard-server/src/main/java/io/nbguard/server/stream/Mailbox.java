package io.nbguard.server.stream;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What one reader of a stream has not read yet: the newest snapshot, and a bounded number of other messages. What does not
 * fit is counted, the oldest first, and the reader gets the count. Putting never waits. For any thread.
 */
public final class Mailbox {

    static final int MOST = 256;
    static final int MOST_CHARACTERS = 1 << 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<StreamMessage> others = new ArrayDeque<>();
    private @Nullable StreamMessage snapshot;
    private int characters;
    private long missed;
    private boolean closed;

    /** Makes an empty one. */
    Mailbox() {}

    /** Puts a message in; a snapshot takes the place of the one before. */
    void put(StreamMessage message) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            if (message.type().equals(StreamMessage.SNAPSHOT)) {
                snapshot = message;
            } else {
                others.addLast(message);
                characters += message.data().length();
                while (others.size() > MOST || (characters > MOST_CHARACTERS && others.size() > 1)) {
                    characters -= others.removeFirst().data().length();
                    missed++;
                }
            }
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Returns the next message; nothing if none has come in {@code longest}, or ever will. */
    public Optional<StreamMessage> take(Duration longest) throws InterruptedException {
        long left = longest.toNanos();
        lock.lock();
        try {
            while (!closed && missed == 0 && others.isEmpty() && snapshot == null && left > 0) {
                left = changed.awaitNanos(left);
            }
            return next();
        } finally {
            lock.unlock();
        }
    }

    private Optional<StreamMessage> next() {
        if (closed) {
            return Optional.empty();
        }
        if (missed > 0) {
            long count = missed;
            missed = 0;
            return Optional.of(StreamMessage.of("missed", json -> json.writeNumberField("count", count)));
        }
        StreamMessage other = others.pollFirst();
        if (other != null) {
            characters -= other.data().length();
            return Optional.of(other);
        }
        StreamMessage newest = snapshot;
        snapshot = null;
        return Optional.ofNullable(newest);
    }

    /** Returns whether nothing will come any more. */
    public boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Ends it: waiting readers return, and its content is dropped. */
    void close() {
        lock.lock();
        try {
            closed = true;
            others.clear();
            snapshot = null;
            characters = 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Returns how much it holds, in characters of JSON. */
    int held() {
        lock.lock();
        try {
            StreamMessage newest = snapshot;
            return characters + (newest == null ? 0 : newest.data().length());
        } finally {
            lock.unlock();
        }
    }
}
