package io.nbguard.examples;

import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.core.NotebookGuard;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Runs notebooks side by side under a memory budget, and has a kill policy of your own say who goes first:
 * {@code CustomKillPolicyMain NOTEBOOKS_FOLDER BUDGET NOTEBOOK…}. The policy, {@link
 * io.nbguard.examples.policy.SpareTheNearlyDone}, is found by {@code ServiceLoader} under its name; where it has no
 * opinion, the youngest goes.
 */
public final class CustomKillPolicyMain {

    private CustomKillPolicyMain() {}

    /** Runs the notebooks and prints whom the watchdog ended, and why. */
    public static void main(String[] arguments) {
        try (NotebookGuard guard = NotebookGuard.builder()
                .notebooks(Path.of(arguments[0]))
                .memoryBudget(ByteSize.parse(arguments[1]))
                .watchdog(w -> w.killPolicy("spare-the-nearly-done", "youngest"))
                .listener(event -> {
                    if (event instanceof GuardEvent.Terminated terminated) {
                        System.out.println(terminated.message());
                    }
                })
                .build()) {
            List<Execution> runs = Arrays.stream(arguments)
                    .skip(2)
                    .map(notebook -> guard.run(ExecutionRequest.of(notebook).build()))
                    .toList();
            runs.forEach(run -> System.out.println(run.completion().join().notebook() + " " + run.state()));
        }
    }
}
