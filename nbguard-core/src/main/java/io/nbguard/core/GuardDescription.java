package io.nbguard.core;

import io.nbguard.api.measure.ByteSize;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is in force in a guard, for a person to read: which plugins won, why others did not, and the bounds.
 *
 * @param executors the executors' names, the default first
 * @param probes what is read, best first
 * @param tracker how processes are followed
 * @param killPolicies the chain of kill policies, by name
 * @param refused one line for each plugin that could not be used here, with the reason
 * @param notebooks the notebooks folder
 * @param outputs where executed notebooks go
 * @param outputTemplate how they are called
 * @param maxConcurrent how many executions run at once
 * @param maxQueued how many may wait beyond those
 * @param interval the longest pause between two ticks
 * @param warnAt the rung at which a warning is published, such as {@code 80 %} or {@code 12.0 GiB}
 * @param stopAdmittingAt the rung at which nothing new is started
 * @param killAt the rung at which an execution is ended
 * @param nodeLimit the configured limit below the node's own
 * @param memoryBudget the bound on all executions together
 * @param dryRun whether the watchdog only reports
 * @param watchdog where the watchdog runs, such as {@code in process}, or what its sidecar reads
 * @param history where history is kept
 * @param runtimeDirectory where executions are announced; empty if they are not
 */
public record GuardDescription(
        List<String> executors,
        List<String> probes,
        String tracker,
        List<String> killPolicies,
        List<String> refused,
        Path notebooks,
        Path outputs,
        String outputTemplate,
        int maxConcurrent,
        int maxQueued,
        Duration interval,
        String warnAt,
        String stopAdmittingAt,
        String killAt,
        Optional<ByteSize> nodeLimit,
        Optional<ByteSize> memoryBudget,
        boolean dryRun,
        String watchdog,
        String history,
        Optional<Path> runtimeDirectory) {

    /** Keeps its own copies. */
    public GuardDescription {
        executors = List.copyOf(executors);
        probes = List.copyOf(probes);
        killPolicies = List.copyOf(killPolicies);
        refused = List.copyOf(refused);
    }

    /** Returns it as lines for a terminal or a log. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("executor: " + String.join(", ", executors) + ", at most " + maxConcurrent + " at once, and "
                + maxQueued + " that wait");
        lines.add("node: " + String.join("; ", probes));
        lines.add("processes: " + tracker);
        lines.add("kill policy: " + String.join(", then ", killPolicies)
                + (dryRun ? " (dry run: nothing is killed)" : ""));
        lines.add("memory: warn at " + warnAt + ", stop admitting at " + stopAdmittingAt + ", kill at " + killAt
                + " of " + nodeLimit.map(limit -> "at most " + limit).orElse("the node's limit"));
        lines.add("watchdog: " + watchdog);
        memoryBudget.ifPresent(budget -> lines.add("memory budget: " + budget + " for all executions together"));
        lines.add("notebooks: " + notebooks);
        lines.add("outputs: " + outputs.resolve(outputTemplate));
        lines.add("history: " + history);
        lines.add("announced in: " + runtimeDirectory.map(Path::toString).orElse("nowhere"));
        refused.forEach(line -> lines.add("not used: " + line));
        return lines;
    }
}
