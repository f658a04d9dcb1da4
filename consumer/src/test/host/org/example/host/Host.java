package org.example.host;

import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.core.GuardBuilder;
import io.nbguard.core.NotebookGuard;
import java.nio.file.Path;

/** Runs one script, or only looks: {@code Host FOLDER [SCRIPT] [SETTING=VALUE]…}. */
public final class Host {

    private Host() {}

    /** Prints how the script ended, and what of the machine was read. */
    public static void main(String[] arguments) {
        Path folder = Path.of(arguments[0]);
        GuardBuilder builder = NotebookGuard.builder()
                .notebooks(folder)
                .outputs(folder.resolve("outputs"))
                .executor("scripts")
                .plugins(p -> p.configure("cgroup.tier", "read-only"));
        for (String argument : arguments) {
            int sign = argument.indexOf('=');
            if (sign > 0) {
                builder.plugins(p -> p.configure(argument.substring(0, sign), argument.substring(sign + 1)));
            }
        }
        try (NotebookGuard guard = builder.build()) {
            if (arguments.length > 1 && arguments[1].endsWith(".sh")) {
                Execution run = guard.run(ExecutionRequest.of(arguments[1]).build());
                ExecutionRecord record = run.completion().join();
                System.out.println("state=" + record.state());
                System.out.println("output=" + record.outcome().output().orElseThrow().getFileName());
            }
            System.out.println("listed=" + guard.notebooks());
            System.out.println("memory=" + guard.snapshot().node().memoryRaw());
            System.out.println("announced=" + guard.description().runtimeDirectory().orElseThrow());
            System.out.println("tracker=" + guard.description().tracker());
        }
    }
}
