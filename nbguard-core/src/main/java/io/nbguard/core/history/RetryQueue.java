package io.nbguard.core.history;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Work for one thread, each piece with a time before which it is not due; what is due first comes first. Any thread. */
final class RetryQueue {

    private final DelayQueue<Piece> pieces = new DelayQueue<>();
    private final AtomicLong numbers = new AtomicLong();

    private record Piece(Runnable work, long dueNanos, long number) implements Delayed {

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(dueNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            Piece another = (Piece) other;
            long sooner = dueNanos - another.dueNanos;
            return sooner == 0 ? Long.compare(number, another.number) : Long.signum(sooner);
        }
    }

    /** Adds work that is due now. */
    void add(Runnable work) {
        add(work, Duration.ZERO);
    }

    /** Adds work that is due after {@code pause}. */
    void add(Runnable work, Duration pause) {
        pieces.add(new Piece(work, System.nanoTime() + pause.toNanos(), numbers.getAndIncrement()));
    }

    /** Returns what is due, or waits for it. */
    Runnable take() throws InterruptedException {
        return pieces.take().work;
    }

    /** Returns what is due, or null if nothing is. */
    @Nullable Runnable poll() {
        synchronized (pieces) {
            Piece piece = pieces.poll();
            return piece == null ? null : piece.work;
        }
    }

    /** Makes everything due now. */
    void hasten() {
        // A piece is out of the queue for a moment: poll must not take that for an empty queue.
        synchronized (pieces) {
            for (Piece piece : List.copyOf(pieces)) {
                if (pieces.remove(piece)) {
                    add(piece.work);
                }
            }
        }
    }
}
