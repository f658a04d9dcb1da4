package io.nbguard.examples.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.execution.StopMode;
import io.nbguard.core.NotebookGuard;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Stops that fall into the start of the supervisor, of papermill, of the kernel, between cells and into the flight of
 * what gets away. Which stop hits what differs from run to run; what is left after it must not.
 */
@Tag("slow")
@Timeout(300)
class StopAtAnyMomentTest {

    private static final int STOPS = 16;
    private static final long STEP_MILLIS = 250;

    @TempDir
    Path folder;

    private record Run(
            Ground ground, NotebookGuard guard, Execution execution, CompletableFuture<ExecutionRecord> end) {}

    @Test
    void wheneverANotebookIsStoppedNothingOfItIsLeft() {
        List<Run> runs = new ArrayList<>();
        try {
            for (int i = 0; i < STOPS; i++) {
                runs.add(startAndStopAfter(i));
            }
            for (Run run : runs) {
                ExecutionRecord record = Ground.get(run.end());
                run.ground().assertNothingIsLeftOf(run.execution().id());
                if (record.state() != ExecutionState.COMPLETED) {
                    assertThat(record.outcome().reason()).as(record::toString).contains(EndReason.USER_STOP);
                }
            }
        } finally {
            runs.forEach(run -> run.guard().close());
        }
    }

    private Run startAndStopAfter(int steps) {
        Ground ground = new Ground(folder.resolve("ground" + steps));
        ground.write("notebook.ipynb", "import escapees; escapees.leave()", "1", "escapees.leave()", "2");
        NotebookGuard guard = ground.guard()
                .lifecycle(l -> l.stopGrace(Duration.ofMillis(300)))
                .build();
        Execution execution = guard.run(ExecutionRequest.of("notebook.ipynb").build());
        StopMode mode = steps % 2 == 0 ? StopMode.IMMEDIATE : StopMode.GRACEFUL;
        Executor later = CompletableFuture.delayedExecutor(steps * STEP_MILLIS, TimeUnit.MILLISECONDS);
        return new Run(
                ground,
                guard,
                execution,
                CompletableFuture.supplyAsync(() -> execution.stop(mode), later).thenCompose(end -> end));
    }
}
