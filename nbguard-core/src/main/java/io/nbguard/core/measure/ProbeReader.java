package io.nbguard.core.measure;

import io.nbguard.api.GuardClock;
import io.nbguard.api.event.GuardEvent.PluginMisbehaved.Fault;
import io.nbguard.api.event.GuardEvent.ReadingRestored;
import io.nbguard.core.event.EventSink;
import io.nbguard.core.event.PluginFaults;
import io.nbguard.core.plugin.PluginKind;
import io.nbguard.spi.probe.Gauge;
import io.nbguard.spi.probe.NodeGauges;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One probe as the loop reads it. Whatever the probe does, the loop goes on without it: a fault is reported once, and a probe that
 * is not nbguard's own is done without for a while, for longer after each fault. When it is back, that is reported too.
 *
 * <p>Sampling thread only; allocates nothing unless there is a fault.
 */
final class ProbeReader {

    private static final String KIND = PluginKind.PROBE.title();
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    /** A machine that is busy may make a good probe late once or twice. */
    private static final int LATE_IN_A_ROW = 3;

    private static final long HELD_NANOS = 1_000_000_000L;

    private final OpenProbe probe;
    private final ProbeCalls calls;
    private final PluginFaults faults;
    private final EventSink events;
    private final GuardClock clock;
    private final Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
    private boolean faulty;
    private boolean held;
    private long heldSinceNanos;
    private int late;

    ProbeReader(OpenProbe probe, ProbeCalls calls, PluginFaults faults, EventSink events, GuardClock clock) {
        this.probe = probe;
        this.calls = calls;
        this.faults = faults;
        this.events = events;
        this.clock = clock;
    }

    /** Returns what it has read; to be looked at after a call that returned true, until the next. */
    NodeGauges gauges() {
        return calls.gauges();
    }

    /** Returns how long its next answer may be waited for. */
    long longestNanos() {
        return isDropped() ? 0 : calls.longestNanos();
    }

    /** Returns whether it is nbguard's own. */
    boolean isOwn() {
        return probe.isOwn();
    }

    private boolean isDropped() {
        return faulty && !probe.isOwn() && backoff.isOn(clock.nanoTime());
    }

    /**
     * Has it read everything.
     *
     * @param heldBytes what executions held at least when they were read last
     * @param judged whether that was just now, so that a reading of less breaks the contract; otherwise they may have ended
     *     since, and nothing is made of it
     * @return whether there is a reading that can be
     */
    boolean sample(long heldBytes, boolean judged) {
        return read(true, heldBytes, judged);
    }

    /** Has it read the memory in use only; as {@link #sample}. */
    boolean sampleMemory(long heldBytes, boolean judged) {
        return read(false, heldBytes, judged);
    }

    /** Returns whether its last reading is less than that. */
    boolean saysLessThan(long bytes) {
        NodeGauges said = calls.gauges();
        return said.hasValue(Gauge.MEMORY_CURRENT) && said.value(Gauge.MEMORY_CURRENT) < bytes;
    }

    private boolean read(boolean everything, long heldBytes, boolean judged) {
        if (isDropped()) {
            return false;
        }
        return switch (calls.read(everything)) {
            case DONE -> accept(everything, heldBytes, judged);
            case THREW -> threw(calls.failure());
            case LATE -> late();
            case HELD -> held();
        };
    }

    private boolean accept(boolean everything, long heldBytes, boolean judged) {
        long least = judged ? heldBytes : 0;
        late = 0;
        held = false;
        if (!probe.isOwn()) {
            String wrong = everything
                    ? PlausibleGauges.contradiction(calls.gauges(), least)
                    : PlausibleGauges.contradiction(calls.gauges(), Gauge.MEMORY_CURRENT, least);
            if (wrong != null) {
                return failed(Fault.INVALID_ANSWER, null, wrong);
            }
        }
        if (faulty && !saysLessThan(heldBytes)) {
            faulty = false;
            faults.behaved(KIND, probe.name());
            events.publish(new ReadingRestored(clock.instant(), KIND + " " + probe.name()));
        }
        return true;
    }

    private boolean threw(@Nullable Throwable failure) {
        late = 0;
        if (probe.isOwn() && failure instanceof OutOfMemoryError) {
            // The host's doing: the next tick tries again.
            return false;
        }
        return failed(Fault.THREW, failure, "threw " + failure);
    }

    private boolean late() {
        late++;
        heldSinceNanos = clock.nanoTime();
        held = true;
        return late < LATE_IN_A_ROW
                ? false
                : failed(
                        Fault.TOO_SLOW,
                        null,
                        "did not answer within " + calls.longestNanos() / 1_000_000 + " ms, " + LATE_IN_A_ROW
                                + " times in a row");
    }

    private boolean held() {
        if (!held) {
            held = true;
            heldSinceNanos = clock.nanoTime();
        }
        long since = clock.nanoTime() - heldSinceNanos;
        return since < HELD_NANOS
                ? false
                : failed(Fault.TOO_SLOW, null, "has not answered for " + since / 1_000_000 + " ms");
    }

    private boolean failed(Fault fault, @Nullable Throwable cause, String what) {
        faulty = true;
        late = 0;
        if (probe.isOwn()) {
            faults.tell(KIND, probe.name(), fault, cause, what + "; the next best probe is read until it can be again");
            return false;
        }
        backoff.failed(clock.nanoTime());
        faults.tell(
                KIND,
                probe.name(),
                fault,
                cause,
                what + "; the next best probe is read, and this one is tried again in "
                        + backoff.pause().toSeconds() + " s");
        return false;
    }
}
