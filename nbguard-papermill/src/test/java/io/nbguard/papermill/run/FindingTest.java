package io.nbguard.papermill.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.execution.EndReason;
import io.nbguard.papermill.launch.PythonEnd;
import io.nbguard.papermill.notebook.Evidence;
import io.nbguard.papermill.notebook.Evidence.CellError;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class FindingTest {

    private static PythonEnd exit(int code) {
        return new PythonEnd(
                OptionalInt.of(code), OptionalInt.empty(), Optional.empty(), 0, true, true, Optional.empty());
    }

    private static Finding find(PythonEnd end, ScriptReport script, Evidence evidence, String... tail) {
        return Finding.of(new Finding.Scene(
                end,
                script.lastBegun().isPresent() || evidence.lastBegun().isPresent(),
                script,
                evidence,
                List.of(tail),
                "python3",
                Path.of("/venv/bin/python")));
    }

    private static ScriptFailure failure(String type, String message) {
        return new ScriptFailure(type, message, Optional.empty(), Optional.empty(), Optional.empty());
    }

    private static ScriptReport script(int done, int total, CellError error, ScriptFailure failure) {
        return new ScriptReport(
                done,
                OptionalInt.of(total),
                OptionalInt.of(Math.min(done + 1, total)),
                Optional.ofNullable(error),
                OptionalInt.empty(),
                Optional.ofNullable(failure),
                List.of());
    }

    private static ScriptReport silent(ScriptFailure failure) {
        return new ScriptReport(
                0,
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                Optional.ofNullable(failure),
                List.of());
    }

    private static final CellError NO_DATA = new CellError("ValueError", "no data", OptionalInt.of(3));
    private static final Evidence ERROR =
            new Evidence(Optional.of(NO_DATA), OptionalInt.of(3), OptionalInt.of(3), true);
    private static final Finding SUCCESS = new Finding(Optional.empty(), Optional.empty());
    private static final Finding CELL_ERROR =
            new Finding(Optional.of(EndReason.CELL_ERROR), Optional.of("ValueError: no data (cell 3)"));

    @Test
    void whereAllCellsHaveCompletedItIsASuccess() {
        assertThat(find(exit(0), script(3, 3, null, null), Evidence.NONE)).isEqualTo(SUCCESS);
    }

    @Test
    void anExitByACellIsASuccess() {
        ScriptReport left = new ScriptReport(
                1,
                OptionalInt.of(3),
                OptionalInt.of(2),
                Optional.empty(),
                OptionalInt.of(2),
                Optional.empty(),
                List.of());

        assertThat(find(exit(0), left, Evidence.NONE)).isEqualTo(SUCCESS);
    }

    @Test
    void anExitCodeOf0DoesNotHideAFailedCell() {
        assertThat(find(exit(0), script(2, 4, NO_DATA, null), Evidence.NONE)).isEqualTo(CELL_ERROR);
        assertThat(find(exit(0), silent(null), ERROR)).isEqualTo(CELL_ERROR);
        assertThat(find(
                        exit(0),
                        silent(null),
                        new Evidence(Optional.empty(), OptionalInt.of(2), OptionalInt.of(2), true)))
                .isEqualTo(new Finding(
                        Optional.of(EndReason.CELL_ERROR),
                        Optional.of("cell 2 failed and left no error: see its output")));
    }

    @Test
    void aChannelThatSaysAllIsDoneDoesNotHideACellThatTheNotebookShowsAsFailed() {
        assertThat(find(exit(0), script(4, 4, null, null), ERROR)).isEqualTo(CELL_ERROR);
    }

    @Test
    void anExitCodeOf0DoesNotHideCellsThatNeverRan() {
        assertThat(find(exit(0), script(1, 2, null, null), Evidence.NONE))
                .isEqualTo(new Finding(
                        Optional.of(EndReason.EXECUTOR_FAILED),
                        Optional.of("papermill ended with exit code 0, but only 1 of 2 cells have completed")));
    }

    @Test
    void aCellsErrorIsNamedAsItWasToldOrElseAsTheNotebookShowsIt() {
        assertThat(find(exit(1), script(2, 4, NO_DATA, failure("PapermillExecutionError", "long")), Evidence.NONE))
                .isEqualTo(CELL_ERROR);
        assertThat(find(exit(1), silent(failure("PapermillExecutionError", "long")), ERROR))
                .isEqualTo(CELL_ERROR);
    }

    @Test
    void aDeadKernelCountsMoreThanAnErrorThatACellWasAllowed() {
        assertThat(find(exit(138), silent(null), ERROR))
                .isEqualTo(new Finding(Optional.of(EndReason.KERNEL_DIED), Optional.of("the kernel died in cell 3")));
        assertThat(find(exit(138), script(1, 3, null, null), Evidence.NONE).error())
                .contains("the kernel died in cell 2");
    }

    @Test
    void aFullDiskIsNoErrorOfACell() {
        ScriptFailure full = new ScriptFailure(
                "NotWritten",
                "[Errno 28] No space left on device",
                Optional.empty(),
                Optional.empty(),
                Optional.of("28"));
        String said =
                "the disk is full: the executed notebook could not be written: [Errno 28] No space left on device";

        assertThat(find(exit(1), script(2, 2, null, full), Evidence.NONE))
                .isEqualTo(new Finding(Optional.of(EndReason.EXECUTOR_FAILED), Optional.of(said)));
        assertThat(find(exit(1), silent(full), Evidence.NONE))
                .as("before anything ran")
                .isEqualTo(new Finding(Optional.of(EndReason.START_FAILED), Optional.of(said)));
    }

    @Test
    void anotherFailureOfPapermillIsNoErrorOfACellEither() {
        assertThat(find(exit(1), script(1, 3, null, failure("RuntimeError", "no")), Evidence.NONE))
                .isEqualTo(new Finding(
                        Optional.of(EndReason.EXECUTOR_FAILED), Optional.of("papermill failed: RuntimeError: no")));
    }

    @Test
    void withoutAWordTheLastLineOfTheConsoleSpeaks() {
        Finding finding =
                find(exit(2), silent(null), Evidence.NONE, "Usage: papermill", "Error: No such option: -z", "");

        assertThat(finding.failure()).contains(EndReason.START_FAILED);
        assertThat(finding.error()).contains("papermill did not start: Error: No such option: -z");
    }

    @Test
    void withoutAnyKernelTheCureIsToInstallOne() {
        Finding finding = find(
                exit(1),
                silent(new ScriptFailure(
                        "NoSuchKernel",
                        "No such kernel named python3",
                        Optional.empty(),
                        Optional.of(""),
                        Optional.empty())),
                Evidence.NONE);

        assertThat(finding.error())
                .contains("kernel 'python3' is not installed for /venv/bin/python; installed: none. Install one:"
                        + " /venv/bin/python -m pip install ipykernel");
    }
}
