package io.nbguard.api.execution;

import io.nbguard.api.watchdog.KillScenario;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How an execution ended and what it left. Before the end everything is empty but {@code killScenario}, which is there from
 * the moment that the watchdog chooses the execution.
 *
 * @param reason why it ended; empty while it runs and when it completed
 * @param error the error of the notebook itself, such as {@code ValueError: no data (cell 3)}
 * @param exitCode what the executor's main process returned; empty when there was none, or a signal ended it first
 * @param output the executed notebook, partial after a kill; empty when none was written
 * @param killScenario what the watchdog saw when it chose this execution
 * @param engine what the engine that ran it knows; empty where it ran without one
 */
public record ExecutionOutcome(
        Optional<EndReason> reason,
        Optional<String> error,
        OptionalInt exitCode,
        Optional<Path> output,
        Optional<KillScenario> killScenario,
        Optional<EngineReport> engine) {

    /** Nothing known yet. */
    public static final ExecutionOutcome NONE = new ExecutionOutcome(
            Optional.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    /** Returns this outcome with the executed notebook. */
    public ExecutionOutcome withOutput(Path file) {
        return new ExecutionOutcome(reason, error, exitCode, Optional.of(file), killScenario, engine);
    }

    /** Returns this outcome with what the watchdog saw when it chose the execution, if it did. */
    public ExecutionOutcome withKillScenario(Optional<KillScenario> seen) {
        return new ExecutionOutcome(reason, error, exitCode, output, seen, engine);
    }
}
