package io.nbguard.server.http;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Scheduler;

/** Reads a body as it comes, on no thread while nothing comes, as long as it is neither too much nor too slow. */
final class BodyReading implements Runnable {

    private static final Duration LONGEST = Duration.ofSeconds(20);
    private static final int FIRST = 1 << 10;

    private final Request request;
    private final int most;
    private final HeapBudget.Share share;
    private final Consumer<byte[]> whole;
    private final Consumer<Refusal> refused;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Scheduler.Task deadline;
    private byte[] body = new byte[0];
    private int length;

    private BodyReading(
            Request request, int most, HeapBudget.Share share, Consumer<byte[]> whole, Consumer<Refusal> refused) {
        this.request = request;
        this.most = most;
        this.share = share;
        this.whole = whole;
        this.refused = refused;
        deadline = request.getComponents()
                .getScheduler()
                .schedule(() -> request.getContext().execute(() -> end(tooSlow())), LONGEST);
    }

    /**
     * Begins to read.
     *
     * @param most how many bytes there may be
     * @param share takes what they hold
     * @param whole takes all of it
     * @param refused takes why it was not read to its end: (413) too much, (408) not within 20 seconds, (503) no room
     */
    static void begin(
            Request request, int most, HeapBudget.Share share, Consumer<byte[]> whole, Consumer<Refusal> refused) {
        new BodyReading(request, most, share, whole, refused).run();
    }

    @Override
    public void run() {
        try {
            while (!ended.get()) {
                Content.Chunk chunk = request.read();
                if (chunk == null) {
                    request.demand(this);
                    return;
                }
                if (Content.Chunk.isFailure(chunk)) {
                    end(failed(chunk.getFailure()));
                    return;
                }
                boolean last = chunk.isLast();
                try {
                    add(chunk.getByteBuffer());
                } finally {
                    chunk.release();
                }
                if (last) {
                    end();
                    return;
                }
            }
        } catch (Refusal refusal) {
            end(refusal);
        }
    }

    private void add(ByteBuffer part) {
        int more = part.remaining();
        if (length + more > most) {
            throw tooLarge(most);
        }
        if (length + more > body.length) {
            int larger = Math.min(most, Math.max(FIRST, 2 * (length + more)));
            share.grow(larger - body.length);
            body = Arrays.copyOf(body, larger);
        }
        part.get(body, length, more);
        length += more;
    }

    private void end() {
        if (ended.compareAndSet(false, true)) {
            deadline.cancel();
            whole.accept(body.length == length ? body : Arrays.copyOf(body, length));
        }
    }

    private void end(Refusal refusal) {
        if (ended.compareAndSet(false, true)) {
            deadline.cancel();
            refused.accept(refusal);
        }
    }

    private static Refusal failed(Throwable failure) {
        return failure instanceof TimeoutException || failure.getCause() instanceof TimeoutException
                ? tooSlow()
                : Refusal.badRequest("the body did not come as it was announced");
    }

    private static Refusal tooSlow() {
        return Refusal.of(408, "TOO_SLOW", "the body did not come within " + LONGEST.toSeconds() + " seconds");
    }

    static Refusal tooLarge(int most) {
        return Refusal.tooLarge("the body is larger than " + most + " bytes");
    }
}
