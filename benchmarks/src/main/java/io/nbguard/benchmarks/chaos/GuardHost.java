package io.nbguard.benchmarks.chaos;

import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.StopMode;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.watchdog.Safety;
import io.nbguard.api.watchdog.WatchdogMode;
import io.nbguard.core.NotebookGuard;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
                .storage(s -> s.runtimeDirectory(folder.resolve("runtime")))
                .executor(executor)
                .watchdog(w -> w.killAt(Double.parseDouble(arguments[1])))
                .plugins(p -> p.configure("cgroup.tier", arguments[2]))
                .maxConcurrent(MOST_EXECUTIONS)
                .watchdog(w -> w.mode(options.contains("--sidecar") ? WatchdogMode.SIDECAR : WatchdogMode.IN_PROCESS))
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
                case "cpu" -> sayList(cpu());
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
                    record.outcome()
                            .reason()
                            .map(Enum::name)
                            .orElse(record.state().name())));
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

    /** Processor time of the sampling threads, the sidecar's too, and of all of nbguard's threads and the sidecar as a whole. */
    private static List<String> cpu() throws IOException {
        long sampling = 0;
        long all = 0;
        for (ThreadTime thread : ThreadTime.of(ProcessHandle.current().pid())) {
            sampling += thread.name().equals("nbguard") ? thread.nanos() : 0;
            all += thread.name().startsWith("nbguard") ? thread.nanos() : 0;
        }
        String java = ProcessHandle.current().info().command().orElse("");
        List<ProcessHandle> sidecars = ProcessHandle.current()
                .children()
                .filter(child -> child.info().command().orElse("").equals(java))
                .toList();
        for (ProcessHandle sidecar : sidecars) {
            for (ThreadTime thread : ThreadTime.of(sidecar.pid())) {
                sampling += thread.name().equals("nbguard-watchdo") ? thread.nanos() : 0;
                all += thread.nanos();
            }
        }
        return List.of("cpu", Long.toString(sampling), Long.toString(all));
    }

    /**
     * What a thread has used, as the kernel says.
     *
     * @param name its first 15 characters
     * @param nanos processor time
     */
    private record ThreadTime(String name, long nanos) {

        static List<ThreadTime> of(long pid) throws IOException {
            List<ThreadTime> times = new ArrayList<>();
            try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
                for (Path thread : threads) {
                    try {
                        String name = Files.readString(thread.resolve("comm")).strip();
                        String[] schedule =
                                Files.readString(thread.resolve("schedstat")).split(" ");
                        times.add(new ThreadTime(name, Long.parseLong(schedule[0])));
                    } catch (IOException ended) {
                        // Its time does not count.
                    }
                }
            }
            return times;
        }
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
