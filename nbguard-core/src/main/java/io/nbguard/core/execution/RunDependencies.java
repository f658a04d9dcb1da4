package io.nbguard.core.execution;

import io.nbguard.api.GuardClock;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.core.announce.RuntimeFolder;
import io.nbguard.core.event.EventSink;
import io.nbguard.core.event.PluginFaults;
import io.nbguard.core.executor.OpenExecutors;
import io.nbguard.core.sampling.SamplingLoop;
import io.nbguard.core.workspace.OutputTemplate;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.process.TrackerSession;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;

/**
 * What every run of a guard needs.
 *
 * @param executors run the notebooks
 * @param tracker knows their processes
 * @param loop measures them
 * @param outsideWatch watches them from another process
 * @param configuration the guard's settings, by name
 * @param outputs where executed notebooks go
 * @param template how they are called
 * @param temporaryRoot where folders for temporary files go
 * @param stopGrace how long each milder force may take in a graceful stop
 * @param outlivesHost whether local executions go on when this JVM dies
 * @param recorded waits until another guard can know of executions
 * @param runtimeFolder where executions are announced, if they are
 * @param memoryBudget the guard's memory budget, for the announcement
 * @param events where to publish
 * @param faults where to report an executor that breaks its contract
 * @param clock the time
 * @param threads makes every thread
 */
public record RunDependencies(
        OpenExecutors executors,
        TrackerSession tracker,
        SamplingLoop loop,
        OutsideWatch outsideWatch,
        PluginConfig configuration,
        Path outputs,
        OutputTemplate template,
        Path temporaryRoot,
        Duration stopGrace,
        boolean outlivesHost,
        Recorded recorded,
        Optional<RuntimeFolder> runtimeFolder,
        Optional<ByteSize> memoryBudget,
        EventSink events,
        PluginFaults faults,
        GuardClock clock,
        ThreadFactory threads) {

    /** Waits until what is known of executions is stored where another guard finds it. */
    @FunctionalInterface
    public interface Recorded {

        /**
         * Waits for it, for some seconds at most.
         *
         * @throws IOException if it is not stored
         */
        void await() throws IOException;
    }
}
