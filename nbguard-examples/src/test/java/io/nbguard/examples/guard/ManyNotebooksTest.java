package io.nbguard.examples.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.snapshot.ExecutionSnapshot;
import io.nbguard.api.snapshot.Snapshot;
import io.nbguard.core.NotebookGuard;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Twenty notebooks at once: all complete, and each is charged what the kernel charges its tree. */
@Tag("slow")
@Timeout(800)
class ManyNotebooksTest {

    private static final int NOTEBOOKS = 20;
    private static final double TOLERANCE = 0.02;

    /** A tick of the kernel's clock, in which {@code /proc} tells the time of ended children. */
    private static final long TICK_NANOS = 10_000_000;

    /** Uses two seconds in the kernel, in children that were waited for, one that lives on and an orphan. */
    private static final String WORK = """
            import multiprocessing, os, subprocess, sys, time
            BURN = '''
            import time
            def burn(seconds):
                until = time.process_time() + seconds
                while time.process_time() < until: pass
            '''
            exec(BURN)
            burn(0.4)
            forked = multiprocessing.get_context('fork').Process(target=burn, args=(0.4,))
            forked.start()
            forked.join()
            subprocess.run([sys.executable, '-c', BURN + 'burn(0.4)'], check=True)
            for _ in range(10):
                subprocess.run(['true'], check=True)
            worker = subprocess.Popen(
                [sys.executable, '-c', BURN + 'burn(0.4); print(flush=True); time.sleep(900)'], stdout=subprocess.PIPE)
            worker.stdout.readline()
            orphan = os.fork()
            if orphan == 0:
                if os.fork() == 0:
                    burn(0.4)
                    open('orphan-%d' % number, 'w').close()
                os._exit(0)
            os.waitpid(orphan, 0)
            while not os.path.exists('orphan-%d' % number): time.sleep(0.1)
            open('ready-%d' % number, 'w').close()
            while not os.path.exists('go-on'): time.sleep(0.25)
            """;

    @TempDir
    Path folder;

    @Test
    void twentyNotebooksAtOnceCompleteAndEachIsChargedWhatTheKernelChargesItsTree() {
        Ground ground = new Ground(folder);
        ground.write("work.ipynb", WORK);
        try (AccountedPapermill kernel = new AccountedPapermill();
                NotebookGuard guard =
                        ground.guard().executor(kernel).maxConcurrent(NOTEBOOKS).build()) {
            List<Execution> executions = IntStream.range(0, NOTEBOOKS)
                    .mapToObj(number -> guard.run(ExecutionRequest.of("work.ipynb")
                            .parameter("number", number)
                            .build()))
                    .toList();
            IntStream.range(0, NOTEBOOKS)
                    .forEach(number -> ground.awaitFile("ready-" + number, executions.get(number)));

            // All wait now, so that the tracker's reading and the kernel's account can be of one moment.
            Map<ExecutionId, Long> live = nextMeasurement(guard);
            assertThat(live).hasSize(NOTEBOOKS);
            Ground.figure("live tracker", compare(live, kernel::cpuNanos));

            ground.signal("go-on");
            Map<ExecutionId, Long> recorded = new LinkedHashMap<>();
            for (Execution execution : executions) {
                ExecutionRecord record = Ground.get(execution.completion());
                assertThat(record.state()).as(record::toString).isEqualTo(ExecutionState.COMPLETED);
                assertThat(record.usage().cpuTime().orElseThrow().nanos())
                        .as("never less than was shown")
                        .isGreaterThanOrEqualTo(live.get(record.id()));
                recorded.put(record.id(), record.usage().cpuTime().orElseThrow().nanos());
            }
            Ground.figure("final record", compare(recorded, kernel::cpuNanos));
            executions.forEach(execution -> ground.assertNothingIsLeftOf(execution.id()));
        }
    }

    /** Returns what the tracker measured of each tree in a tick that began after this was called. */
    private static Map<ExecutionId, Long> nextMeasurement(NotebookGuard guard) {
        long before = guard.snapshot().sequence();
        Snapshot next =
                await().atMost(Ground.TIMEOUT).until(guard::snapshot, snapshot -> snapshot.sequence() >= before + 2);
        return next.executions().stream().collect(Collectors.toMap(ExecutionSnapshot::id, execution -> execution
                .usage()
                .cpuTime()
                .value()
                .orElseThrow()
                .nanos()));
    }

    /** Sees that what was measured is what the kernel counts, for each and for all together; says how far off it was. */
    private static String compare(Map<ExecutionId, Long> measured, ToLongFunction<ExecutionId> kernel) {
        double worst = 0;
        long measuredSum = 0;
        long countedSum = 0;
        for (Map.Entry<ExecutionId, Long> tree : measured.entrySet()) {
            long counted = kernel.applyAsLong(tree.getKey());
            assertThat(counted).as("burnt").isGreaterThan(2_000_000_000L);
            assertThat((double) tree.getValue())
                    .as("processor time of one tree, nanoseconds")
                    .isBetween(counted * (1 - TOLERANCE) - TICK_NANOS, counted * (1 + TOLERANCE) + TICK_NANOS);
            double error = (tree.getValue() - counted) / (double) counted;
            worst = Math.abs(error) > Math.abs(worst) ? error : worst;
            measuredSum += tree.getValue();
            countedSum += counted;
        }
        double together = (measuredSum - countedSum) / (double) countedSum;
        assertThat(together).as("error of the sum").isBetween(-TOLERANCE, TOLERANCE);
        return String.format(
                "%d trees, %.2f s by the kernel's account; error of the worst tree %+.3f %%, of the sum %+.3f %%",
                measured.size(), countedSum / 1e9, worst * 100, together * 100);
    }
}
