package io.nbguard.testkit;

import io.nbguard.api.execution.EngineReport;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.CpuTime;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.executor.EngineHealth;
import io.nbguard.spi.executor.ExecutionHandle;
import io.nbguard.spi.executor.Executor;
import io.nbguard.spi.executor.ExecutorCapabilities;
import io.nbguard.spi.executor.ExecutorCapabilities.Feature;
import io.nbguard.spi.executor.ExecutorSession;
import io.nbguard.spi.executor.ExitReport;
import io.nbguard.spi.executor.Force;
import io.nbguard.spi.executor.LaunchContext;
import io.nbguard.spi.executor.LaunchedExecution;
import io.nbguard.spi.executor.Readiness;
import io.nbguard.spi.executor.StopAnswer;
import io.nbguard.spi.executor.UsageReport;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** The executor of a {@link FolderEngine}: remote, with one thread per guard that follows all its jobs. */
public final class FolderExecutor implements Executor {

    private static final int HANDLE_VERSION = 1;
    private static final String JOB = "job";

    private final FolderEngine engine;
    private final String name;
    private final Set<Feature> features;

    /** Makes one that can find jobs again and reports what they use. */
    public FolderExecutor(FolderEngine engine) {
        this(engine, "folder-engine", Set.of(Feature.RECOVER, Feature.OWN_USAGE));
    }

    /** Makes one with a name and features of the test's choice. */
    public FolderExecutor(FolderEngine engine, String name, Set<Feature> features) {
        this.engine = engine;
        this.name = name;
        this.features = features;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Readiness check(PluginConfig configuration) {
        return new Readiness(List.of());
    }

    @Override
    public ExecutorCapabilities capabilities(PluginConfig configuration) {
        return new ExecutorCapabilities(ExecutorCapabilities.Location.REMOTE, features, Map.of());
    }

    @Override
    public ExecutorSession open(PluginConfig configuration, ThreadFactory threads) {
        return new Session(threads);
    }

    private final class Session implements ExecutorSession {

        private final Set<Job> jobs = ConcurrentHashMap.newKeySet();
        private final CountDownLatch closed = new CountDownLatch(1);
        private final Thread thread;

        Session(ThreadFactory threads) {
            thread = threads.newThread(this::follow);
            thread.setName(name + "-poll");
            thread.start();
        }

        private void follow() {
            try {
                while (!closed.await(10, TimeUnit.MILLISECONDS)) {
                    for (Job job : jobs) {
                        if (job.look()) {
                            jobs.remove(job);
                        }
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public LaunchedExecution launch(ExecutionRequest request, LaunchContext context) {
            String id = "job-" + context.id().value();
            try (InputStream notebook = context.staging().openNotebook()) {
                // In one step: a test that sees the file sees all of it.
                Path copy = engine.create(id).resolve("notebook.ipynb.part");
                Files.copy(notebook, copy);
                Files.move(copy, engine.notebook(id), StandardCopyOption.ATOMIC_MOVE);
                context.keep(HANDLE_VERSION, Map.of(JOB, id));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return begin(id, context);
        }

        @Override
        public Optional<LaunchedExecution> recover(
                ExecutionHandle handle, ExecutionRequest request, LaunchContext context) {
            return Optional.ofNullable(handle.state().get(JOB)).map(id -> begin(id, context));
        }

        private Job begin(String id, LaunchContext context) {
            Job job = new Job(id, context);
            jobs.add(job);
            return job;
        }

        @Override
        public EngineHealth health() {
            return engine.isReachable()
                    ? EngineHealth.REACHABLE
                    : new EngineHealth(false, engine.downSince(), "the engine is down");
        }

        @Override
        public void close() {
            closed.countDown();
            try {
                thread.join(TimeUnit.SECONDS.toMillis(5));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private final class Job implements LaunchedExecution {

        private final String id;
        private final LaunchContext context;
        private final CompletableFuture<ExitReport> completion = new CompletableFuture<>();
        private boolean lost;
        private String state = "";
        private String usage = "";

        Job(String id, LaunchContext context) {
            this.id = id;
            this.context = context;
        }

        /** Reports what has changed; returns whether it has ended. The session's thread only. */
        boolean look() {
            if (!engine.isReachable()) {
                if (!lost) {
                    lost = true;
                    context.contactLost("the engine is down");
                }
                return false;
            }
            if (lost) {
                lost = false;
                context.contactRestored();
            }
            engine.usage(id).filter(now -> !now.equals(usage)).ifPresent(this::reportUsage);
            String now = engine.state(id).orElse("");
            if (now.equals(state)) {
                return false;
            }
            state = now;
            String[] words = now.split(" ", 3);
            switch (words[0]) {
                case "WAITING" -> context.waiting(now.substring("WAITING ".length()));
                case "RUNNING" -> context.running();
                case "ENDED" -> completion.complete(report(Integer.parseInt(words[1])));
                case "ENDED_BY" -> completion.complete(endedBy(EngineReport.End.valueOf(words[1]), words[2]));
                default -> throw new IllegalStateException(now);
            }
            return completion.isDone();
        }

        private void reportUsage(String now) {
            usage = now;
            String[] words = now.split(" ");
            context.usage(UsageReport.at(Instant.now(), name)
                    .memory(ByteSize.ofBytes(Long.parseLong(words[0])))
                    .cpuTime(CpuTime.ofNanos(Long.parseLong(words[1])))
                    .build());
        }

        private ExitReport report(int exitCode) {
            ExitReport.Builder report = ExitReport.exited(exitCode)
                    .engine(EngineReport.of(id).node("node-1").build());
            try {
                report.output(context.staging()
                        .store(
                                "executed.ipynb",
                                new ByteArrayInputStream(
                                        ("{\"by\": \"" + id + "\"}").getBytes(StandardCharsets.UTF_8))));
            } catch (IOException e) {
                context.note("its output could not be copied back: " + e);
            }
            return report.build();
        }

        private ExitReport endedBy(EngineReport.End end, String detail) {
            return ExitReport.of(ExitReport.Exit.UNKNOWN)
                    .engine(EngineReport.of(id)
                            .node("node-1")
                            .endedBy(end, detail)
                            .build())
                    .build();
        }

        @Override
        public CompletableFuture<ExitReport> completion() {
            return completion;
        }

        @Override
        public CompletableFuture<StopAnswer> stop(Force force) {
            if (!engine.isReachable()) {
                return CompletableFuture.completedFuture(StopAnswer.unreachable("the engine is down"));
            }
            Optional<String> refusal = engine.refusal();
            if (refusal.isPresent()) {
                return CompletableFuture.completedFuture(StopAnswer.refused(refusal.get()));
            }
            engine.asked(id, force.name());
            return completion.thenApply(report -> StopAnswer.GONE);
        }
    }
}
