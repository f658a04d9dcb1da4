package io.nbguard.examples.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.execution.StopMode;
import io.nbguard.api.history.HistoryQuery;
import io.nbguard.core.HostDeath;
import io.nbguard.core.NotebookGuard;
import io.nbguard.papermill.PythonEnvironments;
import io.nbguard.spi.PluginConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real notebooks that stand still while their host dies, they are stopped or their guard is closed: nothing stays stopped. */
@Tag("slow")
@Timeout(600)
class PausedExecutionsTest {

    @TempDir
    private Path folder;

    private Ground ground;
    private Path temporary;
    private String url;
    private final PausingPapermill papermill = new PausingPapermill();
    private final List<GuardEvent> events = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void makeTheEnvironment() throws InterruptedException {
        PythonEnvironments.prepare(PluginConfig.EMPTY, line -> {});
    }

    @BeforeEach
    void prepare() throws Exception {
        ground = new Ground(folder);
        temporary = Files.createDirectories(folder.resolve("tmp"));
        url = "jdbc:sqlite:" + folder.resolve("history.db");
        // A kernel, and a process that has got away from it.
        ground.write("paused.ipynb", "print('the first cell')", """
                import footprint, os, time
                footprint.leave('kernel.process')
                if os.fork() == 0:
                    os.setsid()
                    footprint.leave('escaped.process')
                    while True: time.sleep(0.05)
                while not os.path.exists('go-on'): time.sleep(0.05)
                print('went on')
                """);
    }

    private HostProcess pausedHost(List<String> settings) throws Exception {
        HostProcess host = HostProcess.start(
                PausingHostProgram.class, ground, temporary, UnaryOperator.identity(), settings, url, "paused.ipynb");
        ground.awaitFootprint("kernel");
        ground.awaitFootprint("escaped");
        ground.signal("pause");
        await("the pause").atMost(Ground.TIMEOUT).until(() -> host.told().contains("paused "));
        assertThat(host.told()).contains("paused ").doesNotContain("not paused");
        awaitAllStopped();
        return host;
    }

    private void awaitAllStopped() {
        ground.footprints().forEach(footprint -> Signals.awaitStopped(footprint.pid()));
    }

    private NotebookGuard guard(HostDeath onHostDeath) {
        return ground.guard()
                .storage(s -> s.temporaryFiles(temporary))
                .history(h -> h.store("nbguard-jdbc"))
                .plugins(p -> p.configure("history.url", url))
                .lifecycle(l -> l.onHostDeath(onHostDeath))
                .build();
    }

    private void awaitNothingIsLeft() {
        await("the end of everything").atMost(Ground.TIMEOUT).untilAsserted(() -> {
            assertThat(ground.footprints()).noneMatch(Footprint::lives);
            assertThat(Ground.living(temporary.toString())).isEmpty();
            assertThat(Ground.living(ground.notebooks().toString())).isEmpty();
        });
    }

    private static ExecutionRecord only(NotebookGuard guard) {
        List<ExecutionRecord> all =
                guard.history().executions(HistoryQuery.latest(10)).items();
        assertThat(all).hasSize(1);
        return all.get(0);
    }

    @Test
    void aPausedExecutionEndsWithItsHost() throws Exception {
        try (HostProcess host = pausedHost(List.of())) {
            host.kill();
            host.awaitDeath();
        }

        awaitNothingIsLeft();
        try (NotebookGuard guard = guard(HostDeath.END)) {
            ExecutionRecord record = only(guard);
            assertThat(record.state()).isEqualTo(ExecutionState.LOST);
            assertThat(record.outcome().output())
                    .hasValueSatisfying(output -> assertThat(output).content().contains("the first cell"));
        }
    }

    @Test
    void aPausedExecutionThatOutlivesItsHostGoesOnWithTheNextGuard() throws Exception {
        try (HostProcess host = pausedHost(List.of(HistoryHostProgram.KEEP))) {
            host.kill();
            host.awaitDeath();
        }
        // No guard, no change: what is paused stays so, until a guard takes it up.
        awaitAllStopped();

        try (NotebookGuard guard = guard(HostDeath.KEEP)) {
            Execution execution = guard.executions().get(0);
            ground.footprints().forEach(footprint -> Signals.awaitRunning(footprint.pid()));
            ground.signal("go-on");
            ExecutionRecord record = Ground.get(execution.completion());
            assertThat(record.state()).as(record::toString).isEqualTo(ExecutionState.COMPLETED);
            assertThat(record.outcome().output())
                    .hasValueSatisfying(output -> assertThat(output).content().contains("the first cell", "went on"));
        }
        awaitNothingIsLeft();
    }

    @Test
    void aGuardThatKeepsNothingEndsWhatAnotherHasPausedAndKept() throws Exception {
        try (HostProcess host = pausedHost(List.of(HistoryHostProgram.KEEP))) {
            host.kill();
            host.awaitDeath();
        }

        try (NotebookGuard guard = guard(HostDeath.END)) {
            assertThat(ground.footprints()).as("dead before the guard is open").noneMatch(Footprint::lives);
            assertThat(only(guard).state()).isEqualTo(ExecutionState.LOST);
        }
        awaitNothingIsLeft();
    }

    private NotebookGuard here() {
        return ground.guard()
                .storage(s -> s.temporaryFiles(temporary))
                .executor(papermill)
                .listener(events::add)
                .build();
    }

    private Execution paused(NotebookGuard guard) {
        Execution execution = guard.run(ExecutionRequest.of("paused.ipynb").build());
        ground.awaitFile("escaped.process", execution);
        ground.awaitFile("kernel.process", execution);
        assertThat(papermill.pause(execution.id())).isTrue();
        awaitAllStopped();
        return execution;
    }

    private void assertThatItKeptItsOutput(ExecutionRecord record) {
        assertThat(record.outcome().output())
                .hasValueSatisfying(output -> assertThat(output).content().contains("the first cell"));
        awaitNothingIsLeft();
    }

    @Test
    void aGracefulStopLetsAPausedExecutionGoOnSoThatItHandlesTheStop() {
        try (NotebookGuard guard = here()) {
            Execution execution = paused(guard);

            ExecutionRecord record = Ground.get(execution.stop(StopMode.GRACEFUL));

            assertThat(record.outcome().reason()).contains(EndReason.USER_STOP);
            // Papermill has ended its kernel: nothing had to be killed.
            assertThat(record.outcome().exitCode()).as(record::toString).isPresent();
            assertThatItKeptItsOutput(record);
        }
        assertThat(events)
                .filteredOn(GuardEvent.ExecutionNote.class::isInstance)
                .anySatisfy(note -> assertThat(note.message())
                        .contains("it was paused, and goes on so that it can handle the request to end"));
    }

    @Test
    void anImmediateStopEndsAPausedExecution() {
        try (NotebookGuard guard = here()) {
            Execution execution = paused(guard);

            ExecutionRecord record = Ground.get(execution.stop(StopMode.IMMEDIATE));

            assertThat(record.outcome().reason()).contains(EndReason.USER_STOP);
            assertThatItKeptItsOutput(record);
        }
    }

    @Test
    void aGuardThatIsClosedEndsItsPausedExecution() {
        NotebookGuard guard = here();
        Execution execution = paused(guard);

        guard.close();

        assertThat(execution.completion()).isCompleted();
        ExecutionRecord record = Ground.get(execution.completion());
        assertThat(record.outcome().reason()).contains(EndReason.GUARD_CLOSED);
        assertThatItKeptItsOutput(record);
    }
}
