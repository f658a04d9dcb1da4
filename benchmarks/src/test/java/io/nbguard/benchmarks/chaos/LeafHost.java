package io.nbguard.benchmarks.chaos;

import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.StopMode;
import io.nbguard.api.watchdog.SafetyTier;
import io.nbguard.core.NotebookGuard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The controller of {@link LeafTrials}, on the node that the hogs want to burst: lets one hog after the other loose
 * beside two executions that are not to blame, and prints how each ended, one line each: {@code ended RUN HOG ROLE ID
 * REASON MESSAGE}.
 *
 * <p>Arguments: how many runs, and {@code watching} or {@code asleep}: whether the watchdog may act, or the kernel must.
 */
final class LeafHost {

    private static final int MOST_SECONDS = 60;

    private LeafHost() {}

    public static void main(String[] arguments) throws Exception {
        int runs = Integer.parseInt(arguments[0]);
        boolean asleep = arguments[1].equals("asleep");
        Path folder = Files.createTempDirectory("leaf-host");
        ProgramExecutor executor = new ProgramExecutor();
        try (NotebookGuard guard = NotebookGuard.builder()
                .notebooks(folder)
                .outputs(Files.createDirectory(folder.resolve("outputs")))
                .lifecycle(l -> l.announce(false))
                .executor(executor)
                .plugins(p -> p.configure("cgroup.tier", "writable"))
                .watchdog(w -> w.dryRun(asleep))
                .build()) {
            if (guard.snapshot().safety().tier() != SafetyTier.WRITABLE) {
                throw new IllegalStateException("not the writable tier: " + guard.description());
            }
            for (int run = 0; run < runs; run++) {
                trial(guard, executor, folder, run);
            }
        }
        System.out.println("closed");
    }

    private static void trial(NotebookGuard guard, ProgramExecutor executor, Path folder, int run) throws Exception {
        LeafHog hog = LeafHog.values()[run % LeafHog.values().length];
        List<Execution> calm = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            calm.add(start(guard, executor, folder, "calm-" + i, List.of("sleep", "300")));
        }
        List<Execution> hogs = new ArrayList<>();
        for (int i = 0; i < hog.atOnce(); i++) {
            hogs.add(start(guard, executor, folder, "hog-" + i, hog.command()));
        }
        for (Execution each : hogs) {
            say(run, hog, "hog", each.completion().get(MOST_SECONDS, TimeUnit.SECONDS));
        }
        for (Execution each : calm) {
            say(run, hog, "calm", each.stop(StopMode.IMMEDIATE).get(MOST_SECONDS, TimeUnit.SECONDS));
        }
    }

    private static Execution start(
            NotebookGuard guard, ProgramExecutor executor, Path folder, String name, List<String> command)
            throws IOException {
        Path file = folder.resolve(name + ".ipynb");
        if (!Files.exists(file)) {
            Files.writeString(file, "{}");
        }
        executor.define(name + ".ipynb", command);
        return guard.run(ExecutionRequest.of(name + ".ipynb").build());
    }

    private static void say(int run, LeafHog hog, String role, ExecutionRecord record) {
        System.out.println(String.join(
                "\t",
                "ended",
                Integer.toString(run),
                hog.name(),
                role,
                record.id().value(),
                record.outcome().reason().map(Enum::name).orElse(record.state().name()),
                record.lifecycle().message().orElse("").replace('\n', ' ')));
    }
}
