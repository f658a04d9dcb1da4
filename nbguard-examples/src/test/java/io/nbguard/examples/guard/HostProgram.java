package io.nbguard.examples.guard;

import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.watchdog.EmergencyReport;
import io.nbguard.core.GuardBuilder;
import io.nbguard.core.NotebookGuard;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A host in a JVM of its own, to be limited or killed by a test. Runs notebooks at once with everything as it is by
 * default, and prints one {@link HostReport} a line as they end.
 *
 * <p>Arguments: the notebooks folder, the outputs folder, and the notebooks.
 */
final class HostProgram {

    /** Makes the watchdog decide and report, but kill nothing. */
    static final String DRY_RUN = "-Dhost.dryRun=true";

    /** Has the JVM's shutdown order an emergency shutdown. */
    static final String EMERGENCY_AT_SHUTDOWN = "-Dhost.emergency=true";

    private HostProgram() {}

    public static void main(String[] args) {
        GuardBuilder settings = NotebookGuard.builder()
                .notebooks(Path.of(args[0]))
                .outputs(Path.of(args[1]))
                .watchdog(w -> w.dryRun(Boolean.getBoolean("host.dryRun")));
        run(settings, args);
    }

    /** Runs the notebooks that the arguments name. */
    static void run(GuardBuilder settings, String[] args) {
        try (NotebookGuard guard = settings.listener(HostProgram::tell).build()) {
            if (Boolean.getBoolean("host.emergency")) {
                Runtime.getRuntime().addShutdownHook(new Thread(() -> endAll(guard)));
            }
            List<CompletableFuture<?>> ends = new ArrayList<>();
            for (String notebook : List.of(args).subList(2, args.length)) {
                Execution execution = guard.run(ExecutionRequest.of(notebook).build());
                ends.add(execution
                        .completion()
                        .thenAccept(record -> print(HostReport.of(record).line())));
            }
            CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new)).join();
        }
    }

    private static void endAll(NotebookGuard guard) {
        EmergencyReport report = guard.emergencyShutdown("the host is told to go");
        guard.executions()
                .forEach(execution ->
                        print("at last " + HostReport.of(execution.record()).line()));
        print("emergency: " + report);
    }

    private static void tell(GuardEvent event) {
        if (!(event instanceof GuardEvent.ProgressMade)) {
            print("event " + event.getClass().getSimpleName() + ": " + event.message());
        }
    }

    private static synchronized void print(String line) {
        System.out.println(line.replace('\n', ' '));
    }
}
