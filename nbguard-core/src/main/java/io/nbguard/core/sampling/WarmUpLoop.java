package io.nbguard.core.sampling;

import io.nbguard.core.measure.OpenProbe;
import io.nbguard.core.measure.Watched;
import io.nbguard.core.thread.Turn;
import io.nbguard.core.watchdog.RemoteWatchdog;
import io.nbguard.core.watchdog.WatchdogConfig;
import java.util.List;
import org.slf4j.helpers.NOPLogger;

/** The loop of a {@link WarmUp}: a sampler on a simulated node, without a thread of its own. */
final class WarmUpLoop implements WarmUp.Loop {

    private final Sampler sampler;

    WarmUpLoop(WarmUp.Stage stage) {
        LoopParts parts = new LoopParts(
                WatchdogConfig.DEFAULTS,
                List.of(OpenProbe.own(stage)),
                stage,
                List.of(),
                RemoteWatchdog.NONE,
                event -> {},
                stage,
                Thread::new,
                LoopParts.TIMEOUT,
                NOPLogger.NOP_LOGGER,
                WarmUpLoop::new);
        sampler = new Sampler(new Turn(), new LoopState(), parts, null);
    }

    @Override
    public void watch(Watched execution) {
        sampler.watching().begin(execution);
    }

    @Override
    public void unwatch(Watched execution) {
        sampler.watching().end(execution);
    }

    @Override
    public void tick() {
        sampler.tick();
    }

    @Override
    public long slowestDecisionNanos() {
        return sampler.watchdog().slowestDecisionNanos();
    }

    @Override
    public void forgetSlowestDecision() {
        sampler.watchdog().forgetSlowestDecision();
    }
}
