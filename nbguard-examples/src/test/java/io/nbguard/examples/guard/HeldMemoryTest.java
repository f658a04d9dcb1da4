package io.nbguard.examples.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.history.UsagePoint;
import io.nbguard.api.history.UsagePoint.Figure;
import io.nbguard.api.snapshot.ExecutionSnapshot;
import io.nbguard.core.NotebookGuard;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the screen, the record and the history say of a real notebook whose workers share its memory. */
@Tag("slow")
@Timeout(300)
class HeldMemoryTest {

    private static final long MIB = 1 << 20;

    /** The workers look at every page, and are there until they are told to go. */
    private static final String FORKED_WORKERS = """
            import os, time
            block = bytearray(b'x' * 4096) * (300 * 256)
            workers = []
            for i in range(4):
                worker = os.fork()
                if worker == 0:
                    sum(block[::4096])
                    open('worker-%d' % i, 'w').close()
                    while not os.path.exists('go'): time.sleep(0.02)
                    os._exit(0)
                workers.append(worker)
            for worker in workers: os.waitpid(worker, 0)
            """;

    @TempDir
    Path folder;

    @Test
    void memoryThatForkedWorkersShareCountsOnceOnTheScreenInTheRecordAndInTheHistory() {
        Ground ground = new Ground(folder);
        ground.write("forked.ipynb", FORKED_WORKERS);
        try (NotebookGuard guard = ground.guard().build()) {
            Execution execution = guard.run(ExecutionRequest.of("forked.ipynb").build());
            for (int i = 0; i < 4; i++) {
                ground.awaitFile("worker-" + i, execution);
            }
            await().atMost(Ground.TIMEOUT).until(() -> rss(guard) > 1_500 * MIB);
            int before = points(guard, execution).size();
            await().atMost(Ground.TIMEOUT).until(() -> points(guard, execution).size() >= before + 3);
            ExecutionSnapshot seen = await().atMost(Ground.TIMEOUT)
                    .until(
                            () -> guard.snapshot().executions().get(0),
                            one -> one.usage().memory().source().equals("pss"));

            ground.signal("go");
            ExecutionRecord record = ground.awaitEnd(execution);

            assertThat(record.state()).as(record::toString).isEqualTo(ExecutionState.COMPLETED);
            assertThat(seen.accounts().rss().value().orElseThrow().bytes()).isGreaterThan(1_500 * MIB);
            assertThat(seen.usage().memory().value().orElseThrow().bytes()).isBetween(300 * MIB, 650 * MIB);
            assertThat(record.usage().peakMemory().orElseThrow().bytes()).isBetween(300 * MIB, 650 * MIB);
            assertThat(points(guard, execution))
                    .allSatisfy(point -> assertThat(point.memory()
                                    .map(Figure::peak)
                                    .orElseThrow()
                                    .bytes())
                            .isLessThan(650 * MIB))
                    .anySatisfy(point -> assertThat(point.memory()
                                    .map(Figure::mean)
                                    .orElseThrow()
                                    .bytes())
                            .isGreaterThan(300 * MIB));
            Ground.figure(
                    "memory of forked workers",
                    "held " + seen.usage().memory() + ", sum of RSS "
                            + seen.accounts().rss() + ", peak in the record "
                            + record.usage().peakMemory());
        }
    }

    private static long rss(NotebookGuard guard) {
        List<ExecutionSnapshot> executions = guard.snapshot().executions();
        return executions.isEmpty()
                ? 0
                : executions.get(0).accounts().rss().value().orElseThrow().bytes();
    }

    private static List<UsagePoint> points(NotebookGuard guard, Execution execution) {
        assertThat(guard.history().flush(Duration.ofSeconds(30))).isTrue();
        return guard.history().usage(execution.id(), 10_000);
    }
}
