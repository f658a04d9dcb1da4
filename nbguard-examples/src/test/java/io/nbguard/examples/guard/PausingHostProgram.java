package io.nbguard.examples.guard;

import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.core.HostDeath;
import io.nbguard.core.NotebookGuard;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A host with a history in a file, made to be killed, which pauses its execution when there is a file {@code pause} in the
 * notebooks folder, and then prints {@code paused ID} once that it runs is written.
 *
 * <p>Arguments: the notebooks folder, the outputs folder, the history's URL, and the notebook.
 */
final class PausingHostProgram {

    private PausingHostProgram() {}

    public static void main(String[] args) {
        Path notebooks = Path.of(args[0]);
        PausingPapermill papermill = new PausingPapermill();
        try (NotebookGuard guard = NotebookGuard.builder()
                .notebooks(notebooks)
                .outputs(Path.of(args[1]))
                .history(h -> h.store("nbguard-jdbc"))
                .plugins(p -> p.configure("history.url", args[2]))
                .lifecycle(l ->
                        l.onHostDeath(Boolean.getBoolean(HistoryHostProgram.KEEPS) ? HostDeath.KEEP : HostDeath.END))
                .executor(papermill)
                .build()) {
            Execution execution = guard.run(ExecutionRequest.of(args[3]).build());
            while (!Files.exists(notebooks.resolve("pause"))) {
                pause();
            }
            boolean paused = papermill.pause(execution.id());
            boolean kept = guard.history().flush(Duration.ofSeconds(30));
            System.out.println((paused && kept ? "paused " : "not paused ") + execution.id());
            while (!execution.completion().isDone()) {
                pause();
            }
            System.out.println("ended " + execution.record());
        }
    }

    private static void pause() {
        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
}
