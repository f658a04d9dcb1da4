package io.nbguard.benchmarks.chaos;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.executor.Executor;
import io.nbguard.spi.executor.ExecutorSession;
import io.nbguard.spi.executor.ExitReport;
import io.nbguard.spi.executor.Force;
import io.nbguard.spi.executor.LaunchContext;
import io.nbguard.spi.executor.LaunchedExecution;
import io.nbguard.spi.executor.Readiness;
import io.nbguard.spi.executor.StopAnswer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;

/** Runs a program where papermill would run a notebook: hundreds of runs need no kernel's start each. */
final class ProgramExecutor implements Executor {

    private static final int KILLED_BY_SIGNAL = 128;

    private final Map<String, List<String>> commands = new ConcurrentHashMap<>();

    /** Sets what the notebook of this name stands for. */
    void define(String notebook, List<String> command) {
        commands.put(notebook, List.copyOf(command));
    }

    @Override
    public String name() {
        return "chaos-program";
    }

    @Override
    public Readiness check(PluginConfig configuration) {
        return new Readiness(List.of());
    }

    @Override
    public ExecutorSession open(PluginConfig configuration, ThreadFactory threads) {
        return this::launch;
    }

    private LaunchedExecution launch(ExecutionRequest request, LaunchContext context) {
        List<String> command = commands.getOrDefault(request.notebook(), List.of());
        try {
            Process process = context.localProcesses()
                    .start(new ProcessBuilder(command)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.INHERIT));
            context.running();
            return new Launched(process);
        } catch (IOException e) {
            throw new GuardException(ErrorCode.ENVIRONMENT, "cannot start " + command + ": " + e.getMessage(), e);
        }
    }

    private record Launched(Process process) implements LaunchedExecution {

        @Override
        public CompletableFuture<ExitReport> completion() {
            return process.onExit().thenApply(ended -> {
                int status = ended.exitValue();
                return (status > KILLED_BY_SIGNAL
                                ? ExitReport.signalled(status - KILLED_BY_SIGNAL)
                                : ExitReport.exited(status))
                        .build();
            });
        }

        @Override
        public CompletableFuture<StopAnswer> stop(Force force) {
            if (force == Force.KILL) {
                process.destroyForcibly();
            } else {
                process.destroy();
            }
            return process.onExit().thenApply(ended -> StopAnswer.GONE);
        }
    }
}
