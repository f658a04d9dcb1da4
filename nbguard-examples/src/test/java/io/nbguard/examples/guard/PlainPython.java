package io.nbguard.examples.guard;

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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;

/** Takes a notebook for a plain Python program: for tests of what has nothing to do with Jupyter. */
final class PlainPython implements Executor {

    @Override
    public String name() {
        return "plain-python";
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
        ProcessBuilder command = new ProcessBuilder(
                        "python3",
                        "-S",
                        context.notebook().toString(),
                        context.stagingDirectory().toString())
                .directory(context.notebook().getParent().toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        command.environment().put("TMPDIR", context.temporaryDirectory().toString());
        try {
            Process process = context.localProcesses().start(command);
            context.running();
            return new Running(process);
        } catch (IOException e) {
            throw new GuardException(ErrorCode.ENVIRONMENT, "no python3: " + e, e);
        }
    }

    private static final class Running implements LaunchedExecution {

        private final Process process;
        private final CompletableFuture<ExitReport> completion;

        Running(Process process) {
            this.process = process;
            completion = process.onExit().thenApply(Running::report);
        }

        private static ExitReport report(Process ended) {
            int code = ended.exitValue();
            return (code < 128 ? ExitReport.exited(code) : ExitReport.signalled(code - 128)).build();
        }

        @Override
        public CompletableFuture<ExitReport> completion() {
            return completion;
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
