package io.nbguard.examples.guard;

import io.nbguard.api.ExecutionId;
import io.nbguard.papermill.PapermillExecutor;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.executor.Executor;
import io.nbguard.spi.executor.ExecutorCapabilities;
import io.nbguard.spi.executor.ExecutorSession;
import io.nbguard.spi.executor.Readiness;
import io.nbguard.spi.process.FreezeReason;
import io.nbguard.spi.process.ProcessGroup;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;

/** Papermill as ever, whose executions can be paused. */
final class PausingPapermill implements Executor {

    private final PapermillExecutor papermill = new PapermillExecutor();
    private final Map<ExecutionId, ProcessGroup> groups = new ConcurrentHashMap<>();

    /** Pauses an execution for its user; returns whether it was possible. */
    boolean pause(ExecutionId id) {
        return groups.get(id).freeze(FreezeReason.USER);
    }

    /** Returns the name of papermill's own executor, so that a guard without this one finds its executions again. */
    @Override
    public String name() {
        return papermill.name();
    }

    @Override
    public Readiness check(PluginConfig configuration) {
        return papermill.check(configuration);
    }

    @Override
    public Optional<Set<String>> parameterNames(Path notebook) {
        return papermill.parameterNames(notebook);
    }

    @Override
    public ExecutorCapabilities capabilities(PluginConfig configuration) {
        return papermill.capabilities(configuration);
    }

    @Override
    public ExecutorSession open(PluginConfig configuration, ThreadFactory threads) {
        ExecutorSession session = papermill.open(configuration, threads);
        return (request, context) -> {
            groups.put(context.id(), context.localProcesses());
            return session.launch(request, context);
        };
    }
}
