package io.nbguard.examples;

import io.nbguard.api.Execution;
import io.nbguard.api.ExecutionRequest;
import io.nbguard.api.ExecutionSnapshot;
import io.nbguard.api.Snapshot;
import io.nbguard.core.NotebookGuard;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Prints what a notebook uses, once a second: {@code SnapshotMain NOTEBOOKS_FOLDER NOTEBOOK}. */
public final class SnapshotMain {

    private SnapshotMain() {}

    /** Runs the notebook and prints the readings of every second. */
    public static void main(String[] arguments) throws InterruptedException {
        try (NotebookGuard guard =
                NotebookGuard.builder().notebooks(Path.of(arguments[0])).build()) {
            Execution run = guard.run(ExecutionRequest.of(arguments[1]).build());
            while (!run.completion().isDone()) {
                Snapshot now = guard.snapshot();
                System.out.println("container: " + now.container().memoryUnreclaimable() + " of "
                        + now.container().memoryLimit());
                for (ExecutionSnapshot execution : now.executions()) {
                    System.out.printf(
                            "  %s: cells %s, %s, %.2f cores, %d processes%n",
                            execution.notebook(),
                            execution.progress(),
                            execution.rss(),
                            execution.cores(),
                            execution.processes().size());
                }
                TimeUnit.SECONDS.sleep(1);
            }
        }
    }
}
