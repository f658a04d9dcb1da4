package io.nbguard.papermill;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.resource.Allocation;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.executor.ExitReport;
import io.nbguard.spi.executor.LaunchedExecution;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** One execution with real papermill. */
final class RealRun {

    static final Duration TIMEOUT = Duration.ofSeconds(120);
    private static final AtomicInteger COUNT = new AtomicInteger();

    final RecordingContext context;
    final LaunchedExecution execution;

    private RealRun(RecordingContext context, LaunchedExecution execution) {
        this.context = context;
        this.execution = execution;
    }

    static RealRun start(Path notebook, Path folder, UnaryOperator<ExecutionRequest.Builder> request)
            throws IOException, InterruptedException {
        return start(notebook, folder, request, PluginConfig.EMPTY);
    }

    static RealRun start(
            Path notebook, Path folder, UnaryOperator<ExecutionRequest.Builder> request, PluginConfig configuration)
            throws IOException, InterruptedException {
        return start(notebook, folder, request, configuration, List::of);
    }

    /** Starts it behind a prefix that makes another user of it, which is asked for when all files are there. */
    static RealRun start(
            Path notebook,
            Path folder,
            UnaryOperator<ExecutionRequest.Builder> request,
            PluginConfig configuration,
            Supplier<List<String>> prefix)
            throws IOException, InterruptedException {
        RecordingContext context =
                new RecordingContext(notebook, folder.resolve("run" + COUNT.incrementAndGet()), configuration);
        context.group.prefix = prefix;
        ExecutionRequest made =
                request.apply(ExecutionRequest.of("notebook.ipynb")).build();
        context.allocation = Allocation.of(made.limits());
        return new RealRun(
                context,
                new PapermillExecutor().open(configuration, context.threads()).launch(made, context));
    }

    ExitReport end() throws Exception {
        ExitReport report = execution.completion().get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        // The thread that completes is about to end; nothing else may be left.
        assertThat(context.group.isEmpty()).as("the supervisor has ended").isTrue();
        assertThat(livingIn(context.notebook().getParent()))
                .as("processes in the notebook's folder")
                .isEmpty();
        for (Thread thread : context.threads) {
            thread.join(TIMEOUT.toMillis());
            assertThat(thread.isAlive()).as("thread ended").isFalse();
        }
        return report;
    }

    String output(ExitReport report) throws IOException {
        return Files.readString(report.output().orElseThrow(), StandardCharsets.UTF_8);
    }

    void awaitRunning() throws InterruptedException {
        assertThat(context.running.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS))
                .as("user code runs")
                .isTrue();
    }

    static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long until = System.nanoTime() + TIMEOUT.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waiting until " + what).isLessThan(until);
            Thread.sleep(20);
        }
    }

    /** Returns the processes whose working directory is in a folder, as that of a notebook's code is. */
    static List<Path> livingIn(Path folder) throws IOException {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes
                    .filter(process -> isIn(folder, process.resolve("cwd")))
                    .toList();
        }
    }

    private static boolean isIn(Path folder, Path link) {
        try {
            return Files.readSymbolicLink(link).startsWith(folder);
        } catch (IOException goneOrNoProcess) {
            return false;
        }
    }

    /** Whether a process lives; a zombie does not. */
    static boolean lives(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException gone) {
            return false;
        }
    }
}
