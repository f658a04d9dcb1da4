package io.nbguard.core.sampling;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardClock;
import io.nbguard.api.resource.Allocation;
import io.nbguard.core.measure.Watched;
import io.nbguard.spi.probe.Gauge;
import io.nbguard.spi.probe.NodeGauges;
import io.nbguard.spi.probe.ProbeSession;
import io.nbguard.spi.process.ProcessGroup;
import io.nbguard.spi.process.ProcessIdentity;
import io.nbguard.spi.process.SampleDepth;
import io.nbguard.spi.process.TrackerSession;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Goes the whole way from the reading to the confirmed kill a few hundred times before it is needed, so that the first kill
 * is not the first time that this code runs: classes are loaded, hot methods compiled. Everything in it is simulated: a node
 * and executions in numbers, events that no listener receives.
 *
 * <p>Performed in slices on the sampling thread while that has nothing to do. It takes some 100 ms of processor time, most
 * of it in the first round: that is what the first kill would take without it.
 */
final class WarmUp {

    private static final int ROUNDS = 200;

    /** The last rounds are warm: they show how long a decision takes. */
    private static final int WARM_ROUNDS = 50;

    /** On a machine that has no time for it now. */
    private static final long LONGEST_NANOS = 2_000_000_000L;

    /** A loop whose ticks the warm-up makes. */
    interface Loop {

        /** Begins to watch an execution. */
        void watch(Watched execution);

        /** Ends watching an execution. */
        void unwatch(Watched execution);

        /** Makes one tick. */
        void tick();

        /** Returns the longest time that a decision took, from the look to the signal. */
        long slowestDecisionNanos();

        /** Begins to look for the slowest decision anew. */
        void forgetSlowestDecision();
    }

    private final Runnable look;
    private final Function<Stage, Loop> loops;
    private @Nullable Stage stage;
    private int rounds;
    private long spentNanos;
    private long decisionNanos;
    private boolean over;

    /**
     * Prepares one.
     *
     * @param look a look at the real node, and what a kill needs of the real tracker: warmed up as well
     * @param loops makes a loop whose probe, tracker and clock are the stage
     */
    WarmUp(Runnable look, Function<Stage, Loop> loops) {
        this.look = look;
        this.loops = loops;
    }

    /** Returns one that is over already, and had found {@code decisionNanos}. */
    static WarmUp over(long decisionNanos) {
        WarmUp done = new WarmUp(() -> {}, stage -> {
            throw new IllegalStateException("the warm-up is over");
        });
        done.over = true;
        done.decisionNanos = decisionNanos;
        return done;
    }

    /** Returns whether there is nothing left to warm up. */
    boolean isOver() {
        return over;
    }

    /** Returns the longest time that a decision took when it was warm, from the look to the signal; 0 before the end. */
    long decisionNanos() {
        return decisionNanos;
    }

    /** Warms up for some {@code nanos}. If that fails it is over: a first kill that is slow is better than none. */
    void perform(long nanos) {
        boolean failed = true;
        try {
            play(nanos);
            failed = false;
        } finally {
            if (failed) {
                over = true;
                stage = null;
            }
        }
    }

    private void play(long nanos) {
        long begun = System.nanoTime();
        Stage set = stage == null ? new Stage(loops) : stage;
        stage = set;
        long elapsed = 0;
        while (!over && elapsed < nanos) {
            look.run();
            if (rounds <= ROUNDS - WARM_ROUNDS) {
                set.loop.forgetSlowestDecision();
            }
            set.play();
            rounds++;
            elapsed = System.nanoTime() - begun;
            over = rounds == ROUNDS || spentNanos + elapsed >= LONGEST_NANOS;
        }
        spentNanos += elapsed;
        if (over) {
            decisionNanos = set.loop.slowestDecisionNanos();
            stage = null;
        }
    }

    /** A simulated node around a real loop, in a time that skips the pauses. */
    static final class Stage implements ProbeSession, TrackerSession, GuardClock {

        private static final long GIB = 1L << 30;
        private static final int EXECUTIONS = 8;
        private static final String SOURCE = "warm-up";

        private final List<WarmUpExecution> executions = new ArrayList<>();
        private final Loop loop;
        private long skippedNanos;
        private long usedBytes;

        private Stage(Function<Stage, Loop> loops) {
            loop = loops.apply(this);
            for (int i = 0; i < EXECUTIONS; i++) {
                enter(i);
            }
        }

        private void enter(int i) {
            WarmUpExecution execution = new WarmUpExecution((i + 1) * GIB / 4, nanoTime());
            executions.add(execution);
            loop.watch(execution);
        }

        /** Use climbs fast to the threshold, and over it; the heaviest is killed, dies, and another one takes its place. */
        void play() {
            usedBytes = 15 * GIB - 4 * 1024 * 1024;
            tickAfter(10_000_000L);
            usedBytes = 15 * GIB;
            tickAfter(1_000_000L);
            tickAfter(2_000_000L);
            for (int i = 0; i < executions.size(); i++) {
                if (executions.get(i).dies()) {
                    loop.unwatch(executions.remove(i));
                    enter(EXECUTIONS - 1);
                    break;
                }
            }
            usedBytes = 12 * GIB;
            tickAfter(2_000_000L);
            tickAfter(1_000_000_000L);
        }

        private void tickAfter(long nanos) {
            skippedNanos += nanos;
            loop.tick();
        }

        @Override
        public long nanoTime() {
            return System.nanoTime() + skippedNanos;
        }

        @Override
        public Instant instant() {
            return Instant.EPOCH;
        }

        @Override
        public void sample(NodeGauges into) {
            sampleMemory(into);
            into.set(Gauge.MEMORY_LIMIT, 16 * GIB, SOURCE);
            into.set(Gauge.MEMORY_FILE_CACHE, 0, SOURCE);
            into.set(Gauge.MEMORY_RECLAIMABLE_SLAB, 0, SOURCE);
        }

        @Override
        public void sampleMemory(NodeGauges into) {
            into.set(Gauge.MEMORY_CURRENT, usedBytes, SOURCE);
        }

        @Override
        public void sample(SampleDepth depth) {
            for (int i = 0; i < executions.size(); i++) {
                executions.get(i).fill(skippedNanos);
            }
        }

        @Override
        public ProcessGroup create(ExecutionId id, Allocation allocation) {
            throw new UnsupportedOperationException("nothing is started in a warm-up");
        }

        @Override
        public ProcessGroup attach(ExecutionId id, ProcessIdentity root) {
            throw new UnsupportedOperationException("nothing real is watched in a warm-up");
        }

        @Override
        public Instant startTime(long startTicks) {
            return Instant.EPOCH;
        }

        @Override
        public String description() {
            return SOURCE;
        }

        @Override
        public void close() {}
    }
}
