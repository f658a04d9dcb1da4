package io.nbguard.core.sampling;

import io.nbguard.api.event.GuardEvent;
import io.nbguard.core.measure.Watched;
import io.nbguard.core.thread.PlatformThread;
import io.nbguard.core.thread.Turn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The threads that run the loop, one after another: where one stands still or has died, {@link StallWatch} makes another take
 * over, with a sampler of its own and the same executions to watch. Methods are for any thread.
 */
final class LoopThreads implements AutoCloseable {

    /** Threads that hang are not to pile up. */
    private static final int MOST_LEFT_BEHIND = 8;

    private final LoopState state;
    private final LoopParts parts;
    private final ThreadFactory factory;
    private final StallWatch stallWatch;

    /** Held by callers and by the watch over the loop; never by the sampling thread. */
    private final ReentrantLock handover = new ReentrantLock();

    private final Set<Watched> watched = new LinkedHashSet<>();
    private final List<SamplerThread> leftBehind = new ArrayList<>();
    private volatile SamplerThread current;
    private boolean closed;

    /** Makes the first, which is not running yet. */
    LoopThreads(LoopState state, LoopParts parts, ThreadFactory factory) {
        this.state = state;
        this.parts = parts;
        this.factory = factory;
        Turn turn = new Turn();
        current = new SamplerThread(turn, new Sampler(turn, state, parts, null), parts, factory, false);
        stallWatch = new StallWatch(new Watch(), factory);
    }

    /** Starts the first, and the watch over it. Call once. */
    void start() {
        current.start();
        stallWatch.start();
    }

    /** Returns the one that runs the loop now. */
    SamplerThread current() {
        return current;
    }

    /** Begins to watch an execution, at once. */
    void watch(Watched execution) {
        handover.lock();
        try {
            watched.add(execution);
            current.sampler().watching().begin(execution);
        } finally {
            handover.unlock();
        }
        current.wake();
    }

    /** Ends watching an execution. */
    void unwatch(Watched execution) {
        handover.lock();
        try {
            watched.remove(execution);
            current.sampler().watching().end(execution);
        } finally {
            handover.unlock();
        }
        current.wake();
    }

    /** Ends them all, and waits for the one that runs the loop; one that hangs is interrupted and left behind. */
    @Override
    public void close() {
        stallWatch.close();
        SamplerThread last;
        handover.lock();
        try {
            closed = true;
            last = current;
        } finally {
            handover.unlock();
        }
        if (last.close()) {
            last.sampler().watchdog().thaw(parts.clock().nanoTime());
        }
        leftBehind.forEach(SamplerThread::close);
    }

    private void replace(long stoodNanos) {
        SamplerThread old = current;
        boolean dead = old.isDead();
        Turn turn = new Turn();
        Sampler sampler = new Sampler(turn, state, parts, old.sampler());
        watched.forEach(sampler.watching()::begin);
        SamplerThread next = new SamplerThread(turn, sampler, parts, factory, true);
        // First: the old one releases the callers that wait for its ticks, and they must find the next one.
        current = next;
        old.leaveBehind();
        leftBehind.add(old);
        next.start();
        GuardEvent.LoopRestarted told =
                new GuardEvent.LoopRestarted(parts.clock().instant(), Duration.ofNanos(stoodNanos), dead);
        parts.events().publish(told);
        // On a thread of its own: what the old one hangs in may be the log.
        PlatformThread.of(factory, () -> parts.log().error("{}", told.message()), "a line of the log")
                .start();
    }

    /** The loop as the watch over it sees it. */
    private final class Watch implements StallWatch.Loop {

        @Override
        public long ticks() {
            return state.ticks;
        }

        @Override
        public boolean isOverdue() {
            return state.overdueNanos(parts.clock().nanoTime()) > 0;
        }

        @Override
        public boolean isDead() {
            return current.isDead();
        }

        @Override
        public void takeOver(long stoodNanos) {
            handover.lock();
            try {
                leftBehind.removeIf(SamplerThread::isDead);
                if (!closed && leftBehind.size() < MOST_LEFT_BEHIND) {
                    replace(stoodNanos);
                }
            } finally {
                handover.unlock();
            }
        }
    }
}
