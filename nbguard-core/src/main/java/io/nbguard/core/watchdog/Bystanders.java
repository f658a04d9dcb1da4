package io.nbguard.core.watchdog;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardClock;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.core.event.EventSink;
import io.nbguard.core.measure.ExecutionMeter;
import io.nbguard.core.measure.Watched;
import io.nbguard.spi.process.FreezeReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executions that stand still for a moment so that a victim can die: dying takes processor time (measured: with four busy
 * loops beside it a victim of 1.5 GB took 1.3 s to die, with these frozen 60 ms), and an execution that goes on filling may
 * take what is left before the victim's memory is back.
 *
 * <p>Never for longer than 250 ms, once per kill, and never one that is being stopped: a stopped process handles no
 * request to end. What something else holds frozen too, such as a user's pause, stays so. Sampling thread only.
 */
final class Bystanders {

    private static final Logger log = LoggerFactory.getLogger(Bystanders.class);

    private static final long LONGEST_NANOS = 250_000_000L;

    /** Executions that use fewer cores than this are not frozen. */
    private static final double USING_CORES = 0.05;

    private final EventSink events;
    private final GuardClock clock;
    private final List<Watched> frozen = new ArrayList<>();
    private final List<ExecutionId> told = new ArrayList<>();
    private long begunNanos;

    Bystanders(EventSink events, GuardClock clock) {
        this.events = events;
        this.clock = clock;
    }

    /** Freezes all executions but the victim that use the processors. */
    void freeze(List<ExecutionMeter> meters, Watched victim, long nowNanos) {
        begunNanos = nowNanos;
        told.clear();
        for (ExecutionMeter meter : meters) {
            Watched other = meter.watched();
            if (other != victim && isUnasked(other) && meter.cores() >= USING_CORES && freeze(other)) {
                frozen.add(other);
                told.add(other.id());
            }
        }
    }

    private static boolean isUnasked(Watched execution) {
        return execution.mayBeCondemned() && execution.state() != ExecutionState.TERMINATING;
    }

    private static boolean freeze(Watched execution) {
        try {
            return execution.group().freeze(FreezeReason.BYSTANDER);
        } catch (RuntimeException e) {
            log.warn("{} could not be frozen", execution.notebook(), e);
            // Perhaps half of it is.
            thaw(execution);
            return false;
        }
    }

    /** Thaws those that are being ended meanwhile, and all when the time is over. */
    void look(long nowNanos) {
        if (frozen.isEmpty()) {
            return;
        }
        if (nowNanos - begunNanos >= LONGEST_NANOS) {
            thaw(nowNanos);
            return;
        }
        for (int i = frozen.size() - 1; i >= 0; i--) {
            if (!isUnasked(frozen.get(i))) {
                thaw(frozen.remove(i));
            }
        }
        if (frozen.isEmpty()) {
            tell(nowNanos);
        }
    }

    /** Lets one go on that is watched no longer. */
    void forget(Watched execution) {
        if (frozen.remove(execution)) {
            thaw(execution);
        }
    }

    /** Thaws all; does nothing if none is frozen. */
    void thaw(long nowNanos) {
        if (frozen.isEmpty()) {
            return;
        }
        for (Watched execution : frozen) {
            thaw(execution);
        }
        frozen.clear();
        tell(nowNanos);
    }

    private void tell(long nowNanos) {
        events.publish(new GuardEvent.BystandersFrozen(
                clock.instant(), List.copyOf(told), Duration.ofNanos(nowNanos - begunNanos)));
    }

    private static void thaw(Watched execution) {
        try {
            execution.group().thaw(FreezeReason.BYSTANDER);
        } catch (RuntimeException e) {
            log.error("{} could not be thawed", execution.notebook(), e);
        }
    }
}
