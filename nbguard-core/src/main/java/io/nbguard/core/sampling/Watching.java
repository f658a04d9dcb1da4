package io.nbguard.core.sampling;

import io.nbguard.core.measure.ExecutionMeter;
import io.nbguard.core.measure.Watched;
import io.nbguard.core.watchdog.Watchdog;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Wishes to begin or end watching executions, on their way to the sampling thread. */
final class Watching {

    private final Queue<Wish> wishes = new ConcurrentLinkedQueue<>();

    /** Watches an execution from now on. Any thread. */
    void begin(Watched execution) {
        wishes.add(new Wish(execution, true));
    }

    /** Stops watching it. Any thread. */
    void end(Watched execution) {
        wishes.add(new Wish(execution, false));
    }

    /**
     * Fulfils what was wished for. A wish that cannot be fulfilled now (a meter takes some heap) stays. Sampling thread only.
     *
     * @return whether there was any
     */
    boolean fulfil(List<ExecutionMeter> meters, Watchdog watchdog, long nowNanos) {
        boolean any = false;
        for (Wish wish = wishes.peek(); wish != null; wish = wishes.peek()) {
            if (wish.begin()) {
                meters.add(new ExecutionMeter(wish.execution(), nowNanos));
            } else {
                forget(wish.execution(), meters);
                watchdog.forget(wish.execution());
            }
            wishes.poll();
            any = true;
        }
        return any;
    }

    private static void forget(Watched gone, List<ExecutionMeter> meters) {
        for (int i = meters.size() - 1; i >= 0; i--) {
            if (meters.get(i).watched() == gone) {
                meters.remove(i);
            }
        }
    }

    private record Wish(Watched execution, boolean begin) {}
}
