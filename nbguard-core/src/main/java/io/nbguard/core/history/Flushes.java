package io.nbguard.core.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The callers that wait until everything is written. Any thread asks, the history writer's thread answers. */
final class Flushes {

    private final Queue<CompletableFuture<Boolean>> asked = new ConcurrentLinkedQueue<>();
    private final List<CompletableFuture<Boolean>> heard = new ArrayList<>();

    /** Begins to wait; the history writer must be woken then. */
    CompletableFuture<Boolean> ask() {
        CompletableFuture<Boolean> flush = new CompletableFuture<>();
        asked.add(flush);
        return flush;
    }

    /** Waits for the answer; returns false after {@code longest}, or when this thread is interrupted. */
    static boolean await(CompletableFuture<Boolean> flush, Duration longest) {
        try {
            return flush.get(Math.max(0, longest.toNanos()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a flush never fails", e);
        }
    }

    /**
     * Takes in the waiting callers; returns whether there are new ones. What happened before they asked is seen after this.
     */
    boolean hear() {
        boolean any = false;
        for (CompletableFuture<Boolean> flush = asked.poll(); flush != null; flush = asked.poll()) {
            heard.add(flush);
            any = true;
        }
        return any;
    }

    /** Answers all that were heard. */
    void answer(boolean written) {
        heard.forEach(flush -> flush.complete(written));
        heard.clear();
    }
}
