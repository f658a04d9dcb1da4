package io.nbguard.server.stream;

import io.nbguard.server.http.Refusal;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Sends every message to every reader: puts each message into the mailbox of each, and waits for none. For any thread. */
public final class Broadcaster implements AutoCloseable {

    private final Set<Mailbox> readers = ConcurrentHashMap.newKeySet();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final int most;

    /**
     * Makes one.
     *
     * @param most how many readers there may be
     */
    public Broadcaster(int most) {
        this.most = most;
    }

    /** A reader's membership; closing it ends it. */
    public final class Membership implements AutoCloseable {

        private final Mailbox mailbox = new Mailbox();
        private final AtomicBoolean left = new AtomicBoolean();

        private Membership() {
            readers.add(mailbox);
        }

        /** Returns what there is to read. */
        public Mailbox mailbox() {
            return mailbox;
        }

        /** Puts a message in for this reader alone. */
        public void welcome(StreamMessage message) {
            mailbox.put(message);
        }

        @Override
        public void close() {
            if (left.compareAndSet(false, true)) {
                readers.remove(mailbox);
                mailbox.close();
                count.decrementAndGet();
            }
        }
    }

    /**
     * Adds a reader.
     *
     * @throws Refusal (503) if there are as many as may be, or the host is being closed
     */
    public Membership join() {
        if (count.incrementAndGet() > most) {
            count.decrementAndGet();
            throw Refusal.later(
                    503,
                    "TOO_MANY_STREAMS",
                    most + " streams are open, which is as many as may be: close one, or poll /stats",
                    Duration.ofSeconds(10));
        }
        Membership membership = new Membership();
        if (closed.get()) {
            membership.close();
            throw Refusal.later(503, "CLOSING", "the host is being closed", Duration.ofSeconds(5));
        }
        return membership;
    }

    /** Sends to all readers. */
    public void tell(StreamMessage message) {
        readers.forEach(reader -> reader.put(message));
    }

    /** Returns whether a message would reach a reader. */
    public boolean hasReaders() {
        return !readers.isEmpty();
    }

    /** Returns how many readers there are. */
    public int readers() {
        return count.get();
    }

    /** Returns how much all mailboxes hold, in characters of JSON. */
    public long held() {
        return readers.stream().mapToLong(Mailbox::held).sum();
    }

    /** Ends every stream, and lets no new one begin. */
    @Override
    public void close() {
        closed.set(true);
        readers.forEach(Mailbox::close);
    }
}
