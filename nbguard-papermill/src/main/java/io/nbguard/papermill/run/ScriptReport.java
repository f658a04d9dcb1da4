package io.nbguard.papermill.run;

import io.nbguard.papermill.notebook.Evidence.CellError;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What our script has reported of a run. Cells are numbered from 1 as in the notebook that was run; the cell that papermill adds
 * for parameters does not count.
 *
 * @param done cells that completed
 * @param total cells there are; empty if it reported nothing
 * @param lastBegun the last cell that began; empty if none did
 * @param error the error that ended the notebook
 * @param exit the cell that ended the notebook well before its last cell, by {@code sys.exit()}
 * @param failure the exception that ended papermill
 * @param remarks what else to know of the run
 */
record ScriptReport(
        int done,
        OptionalInt total,
        OptionalInt lastBegun,
        Optional<CellError> error,
        OptionalInt exit,
        Optional<ScriptFailure> failure,
        List<String> remarks) {

    /** Returns whether all cells are known to have completed. */
    boolean isComplete() {
        return total.isPresent() && done == total.getAsInt();
    }
}
