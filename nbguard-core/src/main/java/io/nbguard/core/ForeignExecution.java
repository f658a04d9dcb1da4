package io.nbguard.core;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardClock;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.watchdog.KillScenario;
import io.nbguard.core.announce.AnnouncedExecution;
import io.nbguard.core.measure.Watched;
import io.nbguard.spi.process.ProcessGroup;
import java.time.Duration;
import java.util.Optional;

/** An execution of another guard: measured, and never touched. */
final class ForeignExecution implements Watched {

    private final ProcessGroup group;
    private final long launchedAtNanos;
    private volatile AnnouncedExecution news;

    ForeignExecution(AnnouncedExecution news, ProcessGroup group, GuardClock clock) {
        this.news = news;
        this.group = group;
        Duration age = Duration.between(news.launchedAt(), clock.instant());
        launchedAtNanos = clock.nanoTime() - Math.max(0, age.toNanos());
    }

    void learn(AnnouncedExecution latest) {
        news = latest;
    }

    @Override
    public ExecutionId id() {
        return news.id();
    }

    @Override
    public String notebook() {
        return news.notebook();
    }

    @Override
    public int priority() {
        return news.priority();
    }

    /** Returns nothing: its own guard sees to its limit. */
    @Override
    public Optional<ByteSize> memoryLimit() {
        return Optional.empty();
    }

    @Override
    public ProcessGroup group() {
        return group;
    }

    @Override
    public ExecutionState state() {
        return news.state();
    }

    @Override
    public Progress progress() {
        return news.progress();
    }

    @Override
    public long launchedAtNanos() {
        return launchedAtNanos;
    }

    @Override
    public void measured(long peakBytes, long cpuNanos) {
        // The loop keeps what it shows; no other code asks for it.
    }

    @Override
    public boolean mayBeCondemned() {
        return false;
    }

    @Override
    public boolean condemn(KillScenario scenario) {
        return false;
    }

    @Override
    public void kill() {
        throw new UnsupportedOperationException("executions of another guard are never killed");
    }

    @Override
    public boolean gone() {
        return false;
    }
}
