package io.nbguard.server;

import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.measure.Progress;
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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** An executor that starts no process: each execution runs until it is stopped, or the test completes it. */
final class StandIn implements Executor {

    static final String EXECUTED = "{\"cells\":[{\"cell_type\":\"code\",\"execution_count\":1,\"metadata\":{},"
            + "\"outputs\":[{\"name\":\"stdout\",\"output_type\":\"stream\",\"text\":[\"one\\n\",\"two\\n\"]},"
            + "{\"data\":{\"text/html\":[\"<script>alert(1)</script>\"],\"text/plain\":[\"<b>42</b>\"]},"
            + "\"execution_count\":1,\"metadata\":{},\"output_type\":\"execute_result\"}],"
            + "\"source\":[\"print('one')\"]}],\"metadata\":{},\"nbformat\":4,\"nbformat_minor\":5}";

    final AtomicInteger launches = new AtomicInteger();
    private final Queue<Run> runs = new ConcurrentLinkedQueue<>();
    private volatile boolean ignoresInterrupts;

    @Override
    public String name() {
        return "stand-in";
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
        Run run = new Run(context);
        runs.add(run);
        context.running();
        context.progress(Progress.of(0, 2));
        // At last: who has waited for this may complete it.
        launches.incrementAndGet();
        return run;
    }

    /** Has what is launched go on when it is interrupted, until it is killed. */
    void ignoresInterrupts() {
        ignoresInterrupts = true;
    }

    /** Has everything complete that was launched. */
    void completeAll() {
        for (Run run = runs.poll(); run != null; run = runs.poll()) {
            run.complete();
        }
    }

    /** Has everything fail that was launched. */
    void failAll(String error) {
        for (Run run = runs.poll(); run != null; run = runs.poll()) {
            run.fail(error);
        }
    }

    private final class Run implements LaunchedExecution {

        private final LaunchContext context;
        private final CompletableFuture<ExitReport> completion = new CompletableFuture<>();

        Run(LaunchContext context) {
            this.context = context;
        }

        void complete() {
            if (completion.isDone()) {
                return;
            }
            try {
                context.progress(Progress.of(2, 2));
                Path output = Files.writeString(context.stagingDirectory().resolve("out.ipynb"), EXECUTED);
                completion.complete(ExitReport.exited(0).output(output).build());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void fail(String error) {
            completion.complete(ExitReport.exited(1)
                    .failure(EndReason.CELL_ERROR)
                    .error(error)
                    .build());
        }

        @Override
        public CompletableFuture<ExitReport> completion() {
            return completion;
        }

        @Override
        public CompletableFuture<StopAnswer> stop(Force force) {
            if (force != Force.INTERRUPT || !ignoresInterrupts) {
                int signal = force == Force.INTERRUPT ? 2 : force == Force.TERMINATE ? 15 : 9;
                completion.complete(ExitReport.signalled(signal).build());
            }
            return completion.thenApply(report -> StopAnswer.GONE);
        }
    }
}
