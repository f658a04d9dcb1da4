package io.nbguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.core.HostDeath;
import io.nbguard.core.NotebookGuard;
import io.nbguard.testkit.FolderEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an engine runs is found again by its handle in another JVM, after the one that launched it was killed (kill -9). */
@Tag("slow")
class EngineRecoveryTest {

    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    @TempDir
    private Path folder;

    private FolderEngine engine;
    private KilledHost host;

    @BeforeEach
    void prepare() throws IOException {
        host = new KilledHost(folder);
        engine = host.engine();
    }

    @AfterEach
    void killTheHost() {
        host.close();
    }

    private List<String> launchAndKill(String... notebooks) throws Exception {
        return host.launchAndKill(notebooks);
    }

    private static Execution takenUp(NotebookGuard guard, String job) {
        await().atMost(TIMEOUT).until(() -> guard.execution(KilledHost.id(job)).isPresent());
        return guard.execution(KilledHost.id(job)).orElseThrow();
    }

    private static ExecutionRecord end(Execution execution) throws Exception {
        return execution.completion().get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void whatTheEngineRunsGoesOnInTheNextGuardAndEndsAsTheEngineSays() throws Exception {
        List<String> jobs = launchAndKill("a.ipynb", "b.ipynb");
        // One ends while no guard is there, and the engine cannot be reached when the next guard opens.
        engine.ends(jobs.get(0), 0);
        engine.isDown();

        try (NotebookGuard guard = EngineHost.guard(folder, HostDeath.KEEP)) {
            Execution ended = takenUp(guard, jobs.get(0));
            Execution running = takenUp(guard, jobs.get(1));
            await().atMost(TIMEOUT).until(() -> running.state() == ExecutionState.CONTACT_LOST);
            assertThat(ended.state().isEnd()).isFalse();
            engine.answers();

            ExecutionRecord record = end(ended);
            assertThat(record.state()).isEqualTo(ExecutionState.COMPLETED);
            assertThat(record.outcome().output().orElseThrow()).hasContent("{\"by\": \"" + jobs.get(0) + "\"}");
            await().atMost(TIMEOUT).until(() -> running.state() == ExecutionState.RUNNING);
            engine.endsIt(jobs.get(1), "NODE_LOST", "node-1 was switched off");
            record = end(running);
            assertThat(record.outcome().reason()).contains(EndReason.NODE_LOST);
            assertThat(guard.history().flush(TIMEOUT)).isTrue();
            assertThat(guard.history().execution(KilledHost.id(jobs.get(1)))).contains(record);
        }
        assertThat(folder.resolve("tmp")).isEmptyDirectory();
    }

    @Test
    void whatAClosedGuardLeavesInAnEngineThatIsDownIsTakenUpByTheNextOneOfTheSameJvm() throws Exception {
        Files.writeString(folder.resolve("notebooks").resolve("a.ipynb"), "{\"cells\": []}");
        Execution left;
        String job;
        try (NotebookGuard guard = EngineHost.guard(folder, HostDeath.END);
                NotebookGuard beside = EngineHost.guard(folder, HostDeath.END)) {
            left = guard.run(ExecutionRequest.of("a.ipynb").build());
            await().atMost(TIMEOUT).until(() -> engine.jobs().size() == 1);
            job = engine.jobs().get(0);
            engine.runs(job);
            await().atMost(TIMEOUT).until(() -> left.state() == ExecutionState.RUNNING);
            engine.isDown();
            await().atMost(TIMEOUT).until(() -> left.state() == ExecutionState.CONTACT_LOST);
            assertThat(beside.executions()).as("its guard lives").isEmpty();
        }
        assertThat(left.state().isEnd()).isFalse();

        try (NotebookGuard guard = EngineHost.guard(folder, HostDeath.END)) {
            Execution execution = takenUp(guard, job);
            await().atMost(TIMEOUT).until(() -> execution.state() == ExecutionState.TERMINATING);
            engine.answers();
            await().atMost(TIMEOUT).until(() -> engine.stops(job).contains("KILL"));
            engine.ends(job, 137);

            ExecutionRecord record = end(execution);
            assertThat(record.lifecycle().message().orElseThrow())
                    .contains("The guard that launched it is gone")
                    .contains("The guard was closed while it ran");
            assertThat(guard.history().flush(TIMEOUT)).isTrue();
            assertThat(guard.history().execution(KilledHost.id(job))).contains(record);
        }
        assertThat(folder.resolve("tmp")).isEmptyDirectory();
    }

    @Test
    void whereExecutionsEndWithTheirGuardTheNextOneEndsThemInTheEngine() throws Exception {
        String job = launchAndKill("a.ipynb").get(0);
        engine.isDown();

        try (NotebookGuard guard = EngineHost.guard(folder, HostDeath.END)) {
            Execution execution = takenUp(guard, job);
            await().atMost(TIMEOUT).until(() -> execution.state() == ExecutionState.TERMINATING);
            assertThat(engine.stops(job)).isEmpty();
            engine.answers();
            await().atMost(TIMEOUT).until(() -> engine.stops(job).contains("KILL"));
            assertThat(execution.state())
                    .as("the engine has not said that it is gone")
                    .isEqualTo(ExecutionState.TERMINATING);
            engine.ends(job, 137);

            ExecutionRecord record = end(execution);
            assertThat(record.outcome().reason()).contains(EndReason.ORPHANED);
            assertThat(record.lifecycle().message().orElseThrow()).contains("The guard that launched it is gone");
        }
    }
}
