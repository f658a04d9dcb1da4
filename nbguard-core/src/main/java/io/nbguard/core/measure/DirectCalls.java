package io.nbguard.core.measure;

import io.nbguard.core.thread.Turn;
import io.nbguard.spi.probe.NodeGauges;
import io.nbguard.spi.probe.ProbeSession;
import org.jspecify.annotations.Nullable;

/** Calls one of nbguard's own probes on the sampling thread itself: the fastest way, and nothing to wait for. */
final class DirectCalls implements ProbeCalls {

    private final ProbeSession session;
    private final Gate gate;
    private final Turn turn;
    private final NodeGauges gauges = new NodeGauges();
    private @Nullable Throwable failure;

    DirectCalls(ProbeSession session, Gate gate, Turn turn) {
        this.session = session;
        this.gate = gate;
        this.turn = turn;
    }

    @Override
    public Outcome read(boolean everything) {
        if (!gate.enter()) {
            return Outcome.HELD;
        }
        failure = null;
        try {
            if (everything) {
                session.sample(gauges);
            } else {
                session.sampleMemory(gauges);
            }
        } catch (Throwable e) {
            failure = e;
        } finally {
            gate.leave();
        }
        // It may have taken so long that another thread runs the loop by now.
        turn.check();
        return failure == null ? Outcome.DONE : Outcome.THREW;
    }

    @Override
    public long longestNanos() {
        return 0;
    }

    @Override
    public NodeGauges gauges() {
        return gauges;
    }

    @Override
    public @Nullable Throwable failure() {
        return failure;
    }
}
