package io.nbguard.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.execution.StopMode;
import io.nbguard.core.fixture.Eventually;
import io.nbguard.core.fixture.FakeProbe;
import io.nbguard.core.fixture.FakeTracker;
import io.nbguard.core.fixture.RecordedEvents;
import io.nbguard.core.fixture.ScriptedExecutor;
import io.nbguard.core.fixture.ScriptedRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the record says of a death that the kernel's OOM killer may have had a hand in. */
@Timeout(120)
class KernelOomTest {

    private static final String TOOK_ONE =
            "The kernel's OOM killer took one of its processes: the node, or the machine, ran out of memory"
                    + " (oom_kill in fake)";

    @TempDir
    private Path root;

    private final ScriptedExecutor executor = new ScriptedExecutor();
    private final FakeTracker tracker = new FakeTracker();
    private final FakeProbe probe = new FakeProbe();
    private final RecordedEvents events = new RecordedEvents();
    private NotebookGuard guard;

    @BeforeEach
    void open() throws Exception {
        for (String name : List.of("a.ipynb", "b.ipynb")) {
            Files.writeString(root.resolve(name), "{}");
        }
        // Others were taken before.
        probe.oomKills = 5;
        // So long an interval that only what is asked for is measured.
        guard = NotebookGuard.builder()
                .notebooks(root)
                .storage(s -> s.temporaryFiles(root))
                .lifecycle(l -> l.announce(false))
                .watchdog(w -> w.interval(Duration.ofMinutes(1)))
                .executor(executor)
                .plugins(p -> p.tracker(tracker).probes(probe))
                .listener(events)
                .build();
    }

    @AfterEach
    void close() {
        guard.close();
    }

    private Execution run(String notebook) {
        return guard.run(ExecutionRequest.of(notebook).build());
    }

    /** Waits for the launch, and measures the process. */
    private ScriptedRun running(long rssBytes) throws Exception {
        ScriptedRun run = executor.next().runs();
        run.group.rss = rssBytes;
        Eventually.until("it is measured", () -> {
            // Every new execution wakes the loop.
            Execution passing = run("a.ipynb");
            passing.stop(StopMode.IMMEDIATE).join();
            while (!executor.isIdle()) {
                takeNext();
            }
            return guard.snapshot().executions().stream()
                    .anyMatch(
                            seen -> seen.accounts().rss().value().orElseThrow().bytes() == rssBytes);
        });
        return run;
    }

    private void takeNext() {
        try {
            executor.next();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static ExecutionRecord end(Execution execution) throws Exception {
        return execution.completion().get(20, TimeUnit.SECONDS);
    }

    private List<GuardEvent.KernelOomKill> told() {
        return events.of(GuardEvent.KernelOomKill.class);
    }

    @Test
    void aKernelThatTheOomKillerTookIsPutDownToIt() throws Exception {
        Execution execution = run("a.ipynb");
        ScriptedRun run = running(400 << 20);
        probe.oomKills++;
        run.losesItsKernel();

        ExecutionRecord record = end(execution);

        assertThat(record.state()).isEqualTo(ExecutionState.KILLED);
        assertThat(record.outcome().reason()).contains(EndReason.KERNEL_OOM);
        assertThat(record.lifecycle().message()).contains(TOOK_ONE);
        Eventually.until("it is told", () -> !told().isEmpty());
        assertThat(told()).singleElement().satisfies(event -> {
            assertThat(event.id()).contains(execution.id());
            assertThat(event.kills()).isEqualTo(1);
        });
    }

    @Test
    void allOfItTakenByTheOomKillerIsPutDownToItToo() throws Exception {
        Execution execution = run("a.ipynb");
        ScriptedRun run = running(400 << 20);
        probe.oomKills++;
        run.isTaken();

        assertThat(end(execution).outcome().reason()).contains(EndReason.KERNEL_OOM);
    }

    @Test
    void aKernelThatAnotherProcessKilledHasDied() throws Exception {
        Execution execution = run("a.ipynb");
        ScriptedRun run = running(400 << 20);
        run.losesItsKernel();

        ExecutionRecord record = end(execution);

        assertThat(record.state()).isEqualTo(ExecutionState.FAILED);
        assertThat(record.outcome().reason()).contains(EndReason.KERNEL_DIED);
        assertThat(record.lifecycle().message().orElseThrow()).doesNotContain("OOM");
        assertThat(told()).isEmpty();
    }

    @Test
    void oneKillDoesNotExplainTwoDeaths() throws Exception {
        Execution light = run("a.ipynb");
        ScriptedRun lightRun = running(60 << 20);
        Execution heavy = run("b.ipynb");
        ScriptedRun heavyRun = running(700 << 20);
        heavyRun.group.alive = 0;
        probe.oomKills++;
        lightRun.losesItsKernel();
        heavyRun.losesItsKernel();

        assertThat(end(light).outcome().reason()).contains(EndReason.KERNEL_DIED);
        assertThat(end(heavy).outcome().reason()).contains(EndReason.KERNEL_OOM);
    }

    @Test
    void theKillOfAProcessThatWasNeverMeasuredIsAttributedToTheExecutionThatDiedOfSigkill() throws Exception {
        // From the start: the loop may look at it at any time from its launch on.
        tracker.rss = 0;
        Execution execution = run("a.ipynb");
        ScriptedRun run = executor.next().runs();
        probe.oomKills++;
        run.isTaken();

        ExecutionRecord record = end(execution);

        assertThat(record.outcome().reason()).contains(EndReason.KERNEL_OOM);
        assertThat(told()).allSatisfy(event -> assertThat(event.id()).isEmpty());
    }

    @Test
    void aNotebookThatFailsBecauseItsWorkerWasTakenHasFailedAndSaysSo() throws Exception {
        Execution execution = run("a.ipynb");
        ScriptedRun run = running(400 << 20);
        probe.oomKills++;
        run.exits(1, Optional.of(EndReason.CELL_ERROR));

        ExecutionRecord record = end(execution);

        assertThat(record.state()).isEqualTo(ExecutionState.FAILED);
        assertThat(record.outcome().reason()).contains(EndReason.CELL_ERROR);
        assertThat(record.lifecycle().message().orElseThrow())
                .startsWith("A cell raised an error; the kernel's OOM killer took one of its processes while it ran: ");
    }

    @Test
    void whatDiesWhileItIsStoppedIsNotPutDownToTheOomKiller() throws Exception {
        Execution execution = run("a.ipynb");
        running(400 << 20);
        probe.oomKills++;

        ExecutionRecord record = execution.stop(StopMode.IMMEDIATE).get(20, TimeUnit.SECONDS);

        assertThat(record.outcome().reason()).contains(EndReason.USER_STOP);
        assertThat(record.lifecycle().message()).contains("Stopped by request");
    }

    @Test
    void aNotebookThatEndedByItselfDuringAnotherSoftwaresOomKillSaysNothingOfIt() throws Exception {
        probe.countsForMachine = true;
        Execution execution = run("a.ipynb");
        ScriptedRun run = running(400 << 20);
        run.group.endStatus = 1 << 8;
        probe.oomKills += 3;
        run.exits(1, Optional.of(EndReason.CELL_ERROR));

        assertThat(end(execution).lifecycle().message()).contains("A cell raised an error");
    }

    @Test
    void aKernelThatDiedDuringAnotherSoftwaresOomKillHasDied() throws Exception {
        probe.countsForMachine = true;
        Execution execution = run("a.ipynb");
        ScriptedRun run = running(100 << 20);
        probe.oomKills++;
        run.losesItsKernel();

        ExecutionRecord record = end(execution);

        assertThat(record.outcome().reason()).contains(EndReason.KERNEL_DIED);
        assertThat(record.lifecycle().message().orElseThrow()).doesNotContain("OOM");
        Eventually.until("it is told", () -> !told().isEmpty());
        assertThat(told()).allSatisfy(event -> {
            assertThat(event.id()).isEmpty();
            assertThat(event.message()).contains("somewhere on this machine");
        });
    }

    @Test
    void aCgroupOfItsOwnSaysWhatWasTaken() throws Exception {
        Execution execution = run("a.ipynb");
        ScriptedRun run = running(400 << 20);
        run.group.kernelOomKills = 0;
        Execution neighbour = run("b.ipynb");
        ScriptedRun neighbourRun = running(800 << 20);
        neighbourRun.group.kernelOomKills = 0;
        run.group.kernelOomKills = 4;
        run.group.kernelOomBound = Optional.of("its own limit of 1.0 GiB");
        probe.oomKills += 4;
        neighbourRun.losesItsKernel();
        run.isTaken();

        ExecutionRecord record = end(execution);

        assertThat(record.outcome().reason()).contains(EndReason.KERNEL_OOM);
        assertThat(record.lifecycle().message())
                .contains("The kernel's OOM killer took 4 of its processes: what ran out was its own limit of 1.0 GiB");
        assertThat(end(neighbour).outcome().reason()).contains(EndReason.KERNEL_DIED);
    }
}
