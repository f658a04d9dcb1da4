package io.nbguard.papermill.launch;

import io.nbguard.api.measure.CpuTime;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a command ended.
 *
 * @param exitCode its exit code; empty if a signal ended it, or it is not known
 * @param signal the signal that ended it, if one did
 * @param cpuTime processor time of the command, everything that descended from it and its supervisor; empty if not known
 * @param killed processes that it left behind, and that were killed
 * @param allGone whether everything that descended from it is known to be gone
 * @param contained whether orphans of it could be held on to; if not, only the execution's group knows them
 * @param problem why something is not known, for a person; empty if all is known
 */
public record PythonEnd(
        OptionalInt exitCode,
        OptionalInt signal,
        Optional<CpuTime> cpuTime,
        int killed,
        boolean allGone,
        boolean contained,
        Optional<String> problem) {

    static PythonEnd unknown(String problem) {
        return new PythonEnd(
                OptionalInt.empty(), OptionalInt.empty(), Optional.empty(), 0, false, false, Optional.of(problem));
    }
}
