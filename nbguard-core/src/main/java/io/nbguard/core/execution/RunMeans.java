package io.nbguard.core.execution;

import io.nbguard.api.ByteSize;
import io.nbguard.core.GuardClock;
import io.nbguard.core.announce.RuntimeFolder;
import io.nbguard.core.event.EventSink;
import io.nbguard.core.sampling.SamplingLoop;
import io.nbguard.spi.Executor;
import io.nbguard.spi.TrackerSession;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;

/**
 * What every run of a guard needs.
 *
 * @param executor runs the notebooks
 * @param tracker knows their processes
 * @param loop measures them
 * @param outsideWatch watches them from another process
 * @param configuration the guard's settings, by name
 * @param outputs where executed notebooks go
 * @param template how they are called
 * @param temporaryRoot where folders for temporary files go
 * @param stopGrace how long each milder force may take in a graceful stop
 * @param outliveHost whether executions go on when this JVM dies
 * @param runtimeFolder where executions are announced, if they are
 * @param memoryBudget the guard's memory budget, for the announcement
 * @param events where to tell
 * @param clock the time
 * @param threads makes every thread
 */
public record RunMeans(
        Executor executor,
        TrackerSession tracker,
        SamplingLoop loop,
        OutsideWatch outsideWatch,
        Map<String, String> configuration,
        Path outputs,
        OutputTemplate template,
        Path temporaryRoot,
        Duration stopGrace,
        boolean outliveHost,
        Optional<RuntimeFolder> runtimeFolder,
        Optional<ByteSize> memoryBudget,
        EventSink events,
        GuardClock clock,
        ThreadFactory threads) {}
