package io.nbguard.spi.executor;

import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.EngineReport;
import io.nbguard.api.measure.CpuTime;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What an executor found when its execution had ended: evidence, not a verdict. Core judges, in this order: its own kill
 * reason, the exit code, what the cells show.
 *
 * @param exitCode what the main process returned; empty if a signal ended it or it never ran
 * @param signal the signal that ended the main process, if one did
 * @param failure what the evidence in cells and log points to: {@link EndReason#CELL_ERROR}, {@link EndReason#KERNEL_DIED},
 *     {@link EndReason#START_FAILED} or {@link EndReason#EXECUTOR_FAILED}; empty if nothing points to a failure
 * @param error the error in a line or a few, for a person
 * @param output the executed notebook in the staging folder, whole or partial; empty if this run wrote none
 * @param cpuTime processor time of the whole tree by the kernel's own account, where the executor knows it
 * @param endedAt when it ended, if that was before this process looked; empty for now
 * @param remarks what else a person who reads the record should know, each a clause such as {@code output of cell 3 was cut}
 * @param engine what the engine that ran it knows; empty where it ran without one
 */
public record ExitReport(
        OptionalInt exitCode,
        OptionalInt signal,
        Optional<EndReason> failure,
        Optional<String> error,
        Optional<Path> output,
        Optional<CpuTime> cpuTime,
        Optional<Instant> endedAt,
        List<String> remarks,
        Optional<EngineReport> engine) {

    /** Keeps its own copy of the remarks. */
    public ExitReport {
        remarks = List.copyOf(remarks);
    }

    /** Reports what has ended just now. */
    public ExitReport(
            OptionalInt exitCode,
            OptionalInt signal,
            Optional<EndReason> failure,
            Optional<String> error,
            Optional<Path> output,
            Optional<CpuTime> cpuTime) {
        this(exitCode, signal, failure, error, output, cpuTime, Optional.empty(), List.of(), Optional.empty());
    }

    /** Returns this report with when it ended and what else there is to say. */
    public ExitReport with(Optional<Instant> ended, List<String> said) {
        return new ExitReport(exitCode, signal, failure, error, output, cpuTime, ended, said, engine);
    }

    /** Returns this report with what the engine knows. */
    public ExitReport with(EngineReport known) {
        return new ExitReport(exitCode, signal, failure, error, output, cpuTime, endedAt, remarks, Optional.of(known));
    }
}
