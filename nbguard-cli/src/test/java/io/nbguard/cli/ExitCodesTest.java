package io.nbguard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.server.json.Samples;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ExitCodesTest {

    @Test
    void everyReasonHasTheExitCodeThatIsPromised() {
        Map<EndReason, Integer> codes = Arrays.stream(EndReason.values())
                .collect(Collectors.toMap(reason -> reason, reason -> ExitCodes.of(Samples.ended(reason))));

        assertThat(codes)
                .containsEntry(EndReason.GUARD_CLOSED, 130)
                .containsAllEntriesOf(Map.of(
                        EndReason.CELL_ERROR, 1,
                        EndReason.KERNEL_DIED, 1,
                        EndReason.START_FAILED, 1,
                        EndReason.REFUSED, 1,
                        EndReason.WATCHDOG_MEMORY, 3,
                        EndReason.TIMEOUT, 4,
                        EndReason.USER_STOP, 130,
                        EndReason.KERNEL_OOM, 1,
                        EndReason.ORPHANED, 1))
                .allSatisfy((reason, code) -> assertThat(code).isNotZero());
        assertThat(ExitCodes.of(Samples.record("a.ipynb", ExecutionState.COMPLETED)))
                .isZero();
    }
}
