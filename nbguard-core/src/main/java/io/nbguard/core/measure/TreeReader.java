package io.nbguard.core.measure;

import io.nbguard.api.event.GuardEvent.PluginMisbehaved.Fault;
import io.nbguard.api.watchdog.SafetyTier;
import io.nbguard.core.event.PluginFaults;
import io.nbguard.core.plugin.PluginKind;
import io.nbguard.core.thread.Turn;
import io.nbguard.spi.process.SampleDepth;
import io.nbguard.spi.process.TrackerSession;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets the tracker read the process trees. A tracker that fails is reported once, and is called again at every tick: there is
 * no other. Meanwhile the loop goes on with the node, and with what was read of the trees last. Sampling thread only.
 */
public final class TreeReader {

    private static final String KIND = PluginKind.TRACKER.title();
    private static final String CONSEQUENCE = "; the node is watched on, executions by what was read of them last";

    private final TrackerSession tracker;
    private final Gate gate;
    private final Turn turn;
    private final PluginFaults faults;
    private final Consumer<Throwable> failures;
    private boolean faulty;
    private boolean warmable = true;
    private SafetyTier tier = SafetyTier.READ_ONLY;

    TreeReader(TrackerSession tracker, Gate gate, Turn turn, PluginFaults faults, Consumer<Throwable> failures) {
        this.tracker = tracker;
        this.gate = gate;
        this.turn = turn;
        this.faults = faults;
        this.failures = failures;
    }

    /** Reads all trees into {@code meters}; returns whether that was possible. */
    public boolean read(SampleDepth depth, List<ExecutionMeter> meters, long nowNanos) {
        if (!gate.enter()) {
            failed(Fault.TOO_SLOW, null, "has not returned from reading the process trees");
            return false;
        }
        Throwable thrown = null;
        try {
            tracker.sample(depth);
        } catch (Throwable e) {
            thrown = e;
        } finally {
            gate.leave();
        }
        // It may have taken so long that another thread runs the loop by now.
        turn.check();
        if (thrown instanceof OutOfMemoryError) {
            // The host's doing. Known processes were read: only the search for others takes heap.
            failures.accept(thrown);
            update(meters, nowNanos);
            return true;
        }
        if (thrown != null) {
            failed(Fault.THREW, thrown, "threw " + thrown);
            return false;
        }
        if (faulty) {
            faulty = false;
            faults.behaved(KIND, name());
        }
        update(meters, nowNanos);
        return true;
    }

    private void update(List<ExecutionMeter> meters, long nowNanos) {
        for (int i = 0; i < meters.size(); i++) {
            try {
                meters.get(i).update(nowNanos);
            } catch (Throwable e) {
                // The others are measured all the same.
                failures.accept(e);
            }
        }
    }

    /** Warms up what a kill needs of the tracker; no more once that has failed. */
    public void warmUp() {
        if (!warmable || !gate.enter()) {
            return;
        }
        try {
            tracker.warmUp();
        } catch (Throwable e) {
            warmable = false;
            failures.accept(e);
        } finally {
            gate.leave();
        }
        turn.check();
    }

    /** Returns what limits a notebook that fills memory; the last known value where that fails. */
    public SafetyTier tier() {
        try {
            tier = tracker.tier();
        } catch (RuntimeException | LinkageError e) {
            failures.accept(e);
        }
        return tier;
    }

    private void failed(Fault fault, @Nullable Throwable cause, String what) {
        if (!faulty) {
            faulty = true;
            faults.tell(KIND, name(), fault, cause, what + CONSEQUENCE);
        }
    }

    private String name() {
        try {
            return tracker.description();
        } catch (RuntimeException | LinkageError e) {
            return tracker.getClass().getName();
        }
    }
}
