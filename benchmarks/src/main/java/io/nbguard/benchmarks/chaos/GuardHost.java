package io.nbguard.benchmarks.chaos;

import io.nbguard.api.ByteSize;
import io.nbguard.api.Execution;
import io.nbguard.api.ExecutionRecord;
import io.nbguard.api.ExecutionRequest;
import io.nbguard.api.Safety;
import io.nbguard.api.StopMode;
import io.nbguard.api.WatchdogMode;
import io.nbguard.core.NotebookGuard;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A host of nbguard in the control group: the controller that must survive. Speaks the protocol of {@code keeper.py}, and
 * answers {@code safety} and {@code cpu}, and obeys {@code garbage on|off} besides.
 *
 * <p>Usage: {@code GuardHost FOLDER KILL_AT TIER [--sidecar] [--allocate]}.
 */
public final class GuardHost {

    private static final int MOST_EXECUTIONS = 64;

    private final Path folder;
    private final NotebookGuard guard;
    private final ProgramExecutor executor;
    private final Garbage garbage;
    private final Map<Execution, String> running = new ConcurrentHashMap<>();

    private GuardHost(Path folder, NotebookGuard guard, ProgramExecutor executor, Garbage garbage) {
        this.folder = folder;
        this.guard = guard;
        this.executor = executor;
        this.garbage = garbage;
    }

    /** Runs it until standard input ends. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        List<String> options = Arrays.asList(arguments).subList(3, arguments.length);
        Garbage garbage = new Garbage();
        if (options.contains("--allocate")) {
            Thread thread = new Thread(garbage, "garbage");
            thread.setDaemon(true);
            thread.start();
        }
        ProgramExecutor executor = new ProgramExecutor();
        try (NotebookGuard guard = NotebookGuard.builder()
                .notebooks(folder)
                .outputs(Files.createDirectories(folder.resolve("outputs")))
                .runtimeDirectory(folder.resolve("runtime"))
                .executor(executor)
                .killAt(Double.parseDouble(arguments[1]))
                .configure("cgroup.tier", arguments[2])
                .maxConcurrent(MOST_EXECUTIONS)
                .watchdog(options.contains("--sidecar") ? WatchdogMode.SIDECAR : WatchdogMode.IN_PROCESS)
                .build()) {
            new GuardHost(folder, guard, executor, garbage).serve();
        }
    }

    private void serve() throws IOException {
        say("ready");
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            List<String> words = List.of(line.split("\t"));
            switch (words.get(0)) {
                case "launch" -> launch(words.get(1), words.subList(2, words.size()));
                case "stop" -> stop();
                case "garbage" -> garbage.make(words.get(1).equals("on"));
                case "safety" -> sayList(safety());
                case "cpu" -> sayList(List.of("cpu", Long.toString(cpuNanos())));
                default -> throw new IllegalArgumentException("not a command: " + line);
            }
        }
    }

    private void launch(String name, List<String> command) throws IOException {
        String notebook = name + ".ipynb";
        Path file = folder.resolve(notebook);
        if (!Files.exists(file)) {
            Files.writeString(file, "{}");
        }
        executor.define(notebook, command);
        Execution execution = guard.run(ExecutionRequest.of(notebook).build());
        running.put(execution, name);
    }

    private void stop() {
        running.keySet().forEach(execution -> execution.stop(StopMode.IMMEDIATE));
        CompletableFuture.allOf(
                        running.keySet().stream().map(Execution::completion).toArray(CompletableFuture[]::new))
                .join();
        running.forEach((execution, name) -> {
            ExecutionRecord record = execution.record();
            sayList(List.of(
                    "ended",
                    name,
                    record.reason().map(Enum::name).orElse(record.state().name())));
        });
        running.clear();
        say("stopped");
    }

    private List<String> safety() {
        Safety safety = guard.snapshot().safety();
        return List.of(
                "safety",
                safety.tier().name(),
                safety.watchdog().name(),
                Long.toString(safety.reaction().toNanos()),
                safety.survivableFillPerSecond()
                        .value()
                        .map(ByteSize::bytes)
                        .map(bytes -> Long.toString(bytes))
                        .orElse("unlimited"));
    }

    /** Processor time of nbguard's own threads, and of its sidecar. */
    private static long cpuNanos() {
        var threads = ManagementFactory.getThreadMXBean();
        long own = Arrays.stream(threads.getAllThreadIds())
                .filter(id -> {
                    var info = threads.getThreadInfo(id);
                    return info != null && info.getThreadName().startsWith("nbguard");
                })
                .map(threads::getThreadCpuTime)
                .filter(nanos -> nanos > 0)
                .sum();
        String java = ProcessHandle.current().info().command().orElse("");
        long sidecar = ProcessHandle.current()
                .children()
                .filter(child -> child.info().command().orElse("").equals(java))
                .mapToLong(child ->
                        child.info().totalCpuDuration().map(Duration::toNanos).orElse(0L))
                .sum();
        return own + sidecar;
    }

    private static void sayList(List<String> words) {
        say(String.join("\t", words));
    }

    private static void say(String line) {
        synchronized (System.out) {
            System.out.println(line);
            System.out.flush();
        }
    }
}
