package org.example.host;

import io.nbguard.api.Execution;
import io.nbguard.api.ExecutionRecord;
import io.nbguard.api.ExecutionRequest;
import io.nbguard.core.NotebookGuard;
import java.nio.file.Path;

/** Runs one script: {@code Host FOLDER SCRIPT}. */
public final class Host {

    private Host() {}

    /** Prints how the script ended, and what of the machine was read. */
    public static void main(String[] arguments) {
        Path folder = Path.of(arguments[0]);
        try (NotebookGuard guard = NotebookGuard.builder()
                .notebooks(folder)
                .outputs(folder.resolve("outputs"))
                .executor("scripts")
                .configure("cgroup.tier", "read-only")
                .announce(false)
                .build()) {
            Execution run = guard.run(ExecutionRequest.of(arguments[1]).build());
            ExecutionRecord record = run.completion().join();
            System.out.println("listed=" + guard.notebooks());
            System.out.println("state=" + record.state());
            System.out.println("output=" + record.output().orElseThrow().getFileName());
            System.out.println("memory=" + guard.snapshot().container().memoryRaw());
            System.out.println("tracker=" + guard.description().tracker());
        }
    }
}
