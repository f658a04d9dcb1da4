package org.example.host;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.GuardException;
import io.nbguard.spi.executor.Executor;
import io.nbguard.spi.executor.ExecutorSession;
import io.nbguard.spi.executor.ExitReport;
import io.nbguard.spi.executor.LaunchContext;
import io.nbguard.spi.executor.Force;
import io.nbguard.spi.executor.LaunchedExecution;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.executor.StopAnswer;
import io.nbguard.spi.executor.Readiness;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;

/** Runs what it is given as a script of the shell. */
public final class Scripts implements Executor {

    @Override
    public String name() {
        return "scripts";
    }

    @Override
    public Set<String> extensions() {
        return Set.of("sh");
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
        Path log = context.stagingDirectory().resolve("script.log");
        try {
            Process process = context.localProcesses()
                    .start(new ProcessBuilder("/bin/sh", context.notebook().toString())
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile()));
            context.running();
            return new Running(process, log);
        } catch (IOException e) {
            throw new GuardException(ErrorCode.ENVIRONMENT, "no shell: " + e.getMessage(), e);
        }
    }

    private record Running(Process process, Path log) implements LaunchedExecution {

        @Override
        public CompletableFuture<ExitReport> completion() {
            return process.onExit()
                    .thenApply(ended -> ExitReport.exited(ended.exitValue()).output(log).build());
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
