package io.nbguard.core.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.EndReason;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrphanRecordTest {

    @TempDir
    private Path outputs;

    @Test
    void itSaysWhatBecameOfEveryExecution() throws Exception {
        Path file = OrphanRecord.write(
                outputs,
                Instant.parse("2026-01-02T03:04:05.678Z"),
                List.of(
                        new OrphanRecord.Orphan(
                                new ExecutionId("abc-1"),
                                "a \"b\"\\\n.ipynb",
                                EndReason.ORPHANED,
                                true,
                                Optional.of(Path.of("/runs/a.ipynb"))),
                        new OrphanRecord.Orphan(
                                new ExecutionId("abc-2"),
                                "c.ipynb",
                                EndReason.WATCHDOG_MEMORY,
                                false,
                                Optional.empty())));

        assertThat(file).hasParentRaw(outputs.resolve(".nbguard"));
        assertThat(file.getFileName().toString()).startsWith("orphaned-20260102T030405.678Z-");
        assertThat(file).hasContent("""
                {"version": 1, "reason": "the host died", "at": "2026-01-02T03:04:05.678Z", "executions": [\
                {"id": "abc-1", "notebook": "a \\"b\\"\\\\\\u000a.ipynb", "alive": false, "endState": "LOST", \
                "endReason": "ORPHANED", "output": "/runs/a.ipynb"}, \
                {"id": "abc-2", "notebook": "c.ipynb", "alive": true, "endState": "KILLED", "endReason": "WATCHDOG_MEMORY"}]}
                """);
        assertThat(outputs.resolve(".nbguard")).isDirectoryNotContaining("glob:**.part");
    }
}
