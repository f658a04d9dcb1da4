package io.nbguard.examples;

import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.core.NotebookGuard;
import java.nio.file.Path;

/** Runs one notebook inside a program of your own: {@code EmbedMain NOTEBOOKS_FOLDER NOTEBOOK}. */
public final class EmbedMain {

    private EmbedMain() {}

    /** Runs the notebook and prints what happens. */
    public static void main(String[] arguments) {
        Path notebooks = Path.of(arguments[0]);
        Path outputs = notebooks.resolve("runs");
        try (NotebookGuard guard =
                NotebookGuard.builder().notebooks(notebooks).outputs(outputs).build()) {
            guard.listen(event -> System.out.println(event.message()));
            Execution run = guard.run(
                    ExecutionRequest.of(arguments[1]).parameter("year", 2026).build());
            ExecutionRecord record = run.completion().join();
            System.out.println(record.state() + ", peak memory "
                    + record.usage().peakMemory().map(ByteSize::toString).orElse("unknown"));
        }
    }
}
