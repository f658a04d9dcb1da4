package io.nbguard.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.resource.DockerKeys;
import io.nbguard.api.resource.Enforcement;
import io.nbguard.api.resource.Resource;
import io.nbguard.core.fixture.FakeProbe;
import io.nbguard.core.fixture.FakeTracker;
import io.nbguard.core.fixture.HastyClock;
import io.nbguard.core.fixture.ScriptedExecutor;
import io.nbguard.core.fixture.ScriptedRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What may use swap is not ended for what it holds in memory, where the kernel limits both. */
class SwapLimitTest {

    @TempDir
    private Path root;

    private final FakeTracker tracker = new FakeTracker();
    private final ScriptedExecutor executor = new ScriptedExecutor();

    private NotebookGuard open() throws Exception {
        Files.writeString(root.resolve("a.ipynb"), "{\"cells\": []}");
        return NotebookGuard.builder()
                .notebooks(root)
                .outputs(root.resolve("runs"))
                .storage(s -> s.temporaryFiles(root))
                .lifecycle(l -> l.announce(false))
                .watchdog(w -> w.interval(Duration.ofMillis(20)))
                .executor(executor)
                .plugins(p -> p.tracker(tracker).probes(new FakeProbe()))
                .clock(new HastyClock())
                .build();
    }

    private static ExecutionRequest request(Map<String, Object> limits) {
        return ExecutionRequest.of("a.ipynb").limits(DockerKeys.parse(limits)).build();
    }

    private static ExecutionRecord end(Execution execution) throws Exception {
        return execution.completion().get(60, TimeUnit.SECONDS);
    }

    @Test
    void theKernelKeepsItsLimitWhereItCan() throws Exception {
        tracker.enforcement = Map.of(
                Resource.MEMORY,
                Enforcement.hard("memory.max"),
                Resource.MEMORY_SWAP,
                Enforcement.hard("memory.swap.max"));
        try (NotebookGuard guard = open()) {
            Execution swaps = guard.run(request(Map.of("mem_limit", "100m", "memswap_limit", "1g")));
            ScriptedRun run = executor.next().runs();
            run.group.rss = 200L << 20;
            Execution swapsNot = guard.run(request(Map.of("mem_limit", "100m", "memswap_limit", "100m")));
            executor.next().runs().group.rss = 200L << 20;

            assertThat(end(swapsNot).outcome().reason()).contains(EndReason.WATCHDOG_MEMORY);
            assertThat(swaps.state()).isEqualTo(ExecutionState.RUNNING);
            run.exits(0, Optional.empty());
            assertThat(end(swaps).state()).isEqualTo(ExecutionState.COMPLETED);
        }
    }

    @Test
    void theWatchdogKeepsItWhereNothingElseDoes() throws Exception {
        try (NotebookGuard guard = open()) {
            Execution execution = guard.run(request(Map.of("mem_limit", "100m", "memswap_limit", -1)));
            executor.next().runs().group.rss = 200L << 20;

            assertThat(end(execution).outcome().reason()).contains(EndReason.WATCHDOG_MEMORY);
        }
    }
}
