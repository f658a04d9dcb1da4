package io.nbguard.papermill.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.EndReason;
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

    private static Finding find(
            PythonEnd end, boolean begun, Evidence evidence, ScriptFailure failure, String... tail) {
        return Finding.of(new Finding.Scene(
                end,
                begun,
                evidence,
                Optional.ofNullable(failure),
                List.of(tail),
                "python3",
                Path.of("/venv/bin/python")));
    }

    private static ScriptFailure failure(String type, String message) {
        return new ScriptFailure(type, message, Optional.empty(), Optional.empty());
    }

    private static final Evidence ERROR = new Evidence(
            Optional.of(new CellError("ValueError", "no data", OptionalInt.of(3))), OptionalInt.of(3), true);

    @Test
    void successIsNoFailureWhateverTheCellsSay() {
        assertThat(find(exit(0), true, ERROR, null)).isEqualTo(new Finding(Optional.empty(), Optional.empty()));
    }

    @Test
    void aCellsErrorIsNamed() {
        assertThat(find(exit(1), true, ERROR, failure("PapermillExecutionError", "long")))
                .isEqualTo(new Finding(Optional.of(EndReason.CELL_ERROR), Optional.of("ValueError: no data (cell 3)")));
    }

    @Test
    void aDeadKernelCountsMoreThanAnErrorThatACellWasAllowed() {
        assertThat(find(exit(138), true, ERROR, null))
                .isEqualTo(new Finding(Optional.of(EndReason.KERNEL_DIED), Optional.of("the kernel died in cell 3")));
    }

    @Test
    void aFailureOfPapermillAfterCellsBeganIsNobodysVerdict() {
        Finding finding =
                find(exit(1), true, Evidence.NONE, failure("OSError", "[Errno 28] No space left on device: '/x'"));

        assertThat(finding.failure()).isEmpty();
        assertThat(finding.error()).contains("papermill failed: OSError: [Errno 28] No space left on device: '/x'");
    }

    @Test
    void withoutARecordTheLastLineOfTheConsoleSpeaks() {
        Finding finding =
                find(exit(2), false, Evidence.NONE, null, "Usage: papermill", "Error: No such option: -z", "");

        assertThat(finding.failure()).contains(EndReason.START_FAILED);
        assertThat(finding.error()).contains("papermill did not start: Error: No such option: -z");
    }

    @Test
    void withoutAnyKernelTheCureIsToInstallOne() {
        Finding finding = find(
                exit(1),
                false,
                Evidence.NONE,
                new ScriptFailure("NoSuchKernel", "No such kernel named python3", Optional.empty(), Optional.of("")));

        assertThat(finding.error())
                .contains("kernel 'python3' is not installed for /venv/bin/python; installed: none. Install one:"
                        + " /venv/bin/python -m pip install ipykernel");
    }
}
