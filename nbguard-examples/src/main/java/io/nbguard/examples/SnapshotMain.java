package io.nbguard.examples;

import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.measure.Reading;
import io.nbguard.api.snapshot.ExecutionSnapshot;
import io.nbguard.api.snapshot.Snapshot;
import io.nbguard.core.NotebookGuard;
import java.nio.file.Path;
import java.util.Locale;
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
                System.out.println("node: " + text(now.node().memoryUnreclaimable()) + " of "
                        + text(now.node().memoryLimit()));
                for (ExecutionSnapshot execution : now.executions()) {
                    System.out.printf(
                            "  %s: cells %s, %s, %s cores, %d processes%n",
                            execution.notebook(),
                            execution.progress(),
                            text(execution.usage().memory()),
                            text(execution.usage().cores().map(cores -> String.format(Locale.ROOT, "%.2f", cores))),
                            execution.processes().size());
                }
                TimeUnit.SECONDS.sleep(1);
            }
        }
    }

    /** A value, no limit at all, and "could not be read" are three different things. */
    private static String text(Reading<?> reading) {
        if (reading instanceof Reading.Value<?> value) {
            return value.get().toString();
        }
        return reading instanceof Reading.Unlimited ? "no limit" : "unknown";
    }
}
