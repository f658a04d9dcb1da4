package io.nbguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.core.HostDeath;
import io.nbguard.core.NotebookGuard;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.store.HistoryEntry;
import io.nbguard.spi.store.HistorySession;
import io.nbguard.spi.store.StoredExecution;
import io.nbguard.testkit.FolderEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an engine runs for a guard that was killed is found by another guard with the same store, though it has its temporary files
 * elsewhere, or the machine was started anew: of several guards one follows it.
 */
abstract class EngineTakeoverContract {

    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    @TempDir
    private Path folder;

    private FolderEngine engine;
    private KilledHost host;

    /** Returns the configuration of the store. */
    abstract Map<String, String> store(Path folder);

    @BeforeEach
    void prepare() throws IOException {
        EngineHost.use(folder, store(folder));
        host = new KilledHost(folder);
        engine = host.engine();
    }

    @AfterEach
    void killTheHost() {
        host.close();
    }

    private NotebookGuard guard(String temporary, HostDeath onHostDeath) throws IOException {
        return EngineHost.guard(folder, Files.createDirectories(folder.resolve(temporary)), onHostDeath);
    }

    private static Execution followed(NotebookGuard guard, String job) {
        return guard.execution(KilledHost.id(job)).orElseThrow();
    }

    private static ExecutionRecord end(Execution execution) throws Exception {
        return execution.completion().get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    }

    /** Changes who the guard of an execution is, as the store and the claim have it. */
    private void changeGuard(String job, UnaryOperator<String> change) throws Exception {
        ExecutionId id = KilledHost.id(job);
        try (HistorySession session = new JdbcHistoryStore().open(new PluginConfig(EngineHost.store(folder)))) {
            StoredExecution there = session.execution(id).orElseThrow();
            session.write(List.of(new HistoryEntry.OfExecution(new StoredExecution(
                    there.record(), there.request(), there.guard().map(change), there.handle()))));
        }
        Path claim = folder.resolve("tmp").resolve("nbguard-" + id.value() + ".guard");
        Files.writeString(claim, change.apply(Files.readString(claim)));
    }

    @Test
    void aGuardWithAnotherFolderForTemporaryFilesFollowsIt() throws Exception {
        List<String> jobs = host.launchAndKill("a.ipynb", "b.ipynb");
        engine.ends(jobs.get(0), 0);

        try (NotebookGuard guard = guard("elsewhere", HostDeath.KEEP)) {
            Execution running = followed(guard, jobs.get(1));
            ExecutionRecord record = end(followed(guard, jobs.get(0)));
            assertThat(record.state()).isEqualTo(ExecutionState.COMPLETED);
            assertThat(record.outcome().output().orElseThrow()).hasContent("{\"by\": \"" + jobs.get(0) + "\"}");
            await().atMost(TIMEOUT).until(() -> running.state() == ExecutionState.RUNNING);
            engine.endsIt(jobs.get(1), "NODE_LOST", "node-1 was switched off");
            record = end(running);
            assertThat(record.outcome().reason()).contains(EndReason.NODE_LOST);
            assertThat(guard.history().flush(TIMEOUT)).isTrue();
            assertThat(guard.history().execution(KilledHost.id(jobs.get(1)))).contains(record);
        }
        assertThat(folder.resolve("elsewhere")).isEmptyDirectory();
        try (Stream<Path> left = Files.list(folder.resolve("outputs"))) {
            assertThat(left.map(Path::getFileName).map(Path::toString))
                    .as("no staging folder")
                    .noneMatch(name -> name.startsWith(".nbguard-"));
        }
        assertThat(folder.resolve("tmp")).isNotEmptyDirectory();
        guard("tmp", HostDeath.KEEP).close();
        assertThat(folder.resolve("tmp")).as("what it had left there").isEmptyDirectory();
    }

    @Test
    void afterTheMachineWasStartedAnewTheNextGuardFollowsIt() throws Exception {
        String job = host.launchAndKill("a.ipynb").get(0);
        assumeThat(Files.readString(folder.resolve("tmp")
                        .resolve("nbguard-" + KilledHost.id(job).value() + ".guard")))
                .as("outside containers, on a machine with an id")
                .contains("machine=");
        // This process has its id now.
        long self = ProcessHandle.current().pid();
        changeGuard(job, text -> text.replaceAll("(?m)^boot=.*$", "boot=the-boot-before")
                .replaceAll("(?m)^pid=.*$", "pid=" + self));

        try (NotebookGuard guard = guard("tmp", HostDeath.KEEP)) {
            Execution execution = followed(guard, job);
            engine.ends(job, 0);
            assertThat(end(execution).state()).isEqualTo(ExecutionState.COMPLETED);
        }
        assertThat(folder.resolve("tmp")).isEmptyDirectory();
    }

    @Test
    void whatIsOfAnotherMachineStaysUntilItIsGivenBackByHand() throws Exception {
        String job = host.launchAndKill("a.ipynb").get(0);
        changeGuard(job, text -> text.replaceAll("(?m)^boot=.*$", "boot=another-boot")
                .replaceAll("(?m)^machine=.*$", "machine=another-machine"));

        try (NotebookGuard guard = guard("tmp", HostDeath.KEEP)) {
            assertThat(guard.executions()).isEmpty();
            assertThat(guard.history()
                            .execution(KilledHost.id(job))
                            .orElseThrow()
                            .state())
                    .isNotIn(ExecutionState.LOST, ExecutionState.FAILED);
        }
        changeGuard(job, text -> "given back");
        try (NotebookGuard guard = guard("elsewhere", HostDeath.END)) {
            Execution execution = followed(guard, job);
            await().atMost(TIMEOUT).until(() -> engine.stops(job).contains("KILL"));
            engine.ends(job, 137);
            assertThat(end(execution).outcome().reason()).contains(EndReason.ORPHANED);
        }
    }

    private static List<Execution> following(List<NotebookGuard> guards, String job) {
        return guards.stream()
                .map(guard -> guard.execution(KilledHost.id(job)))
                .flatMap(Optional::stream)
                .toList();
    }

    @Test
    void ofGuardsThatOpenAtOnceOneFollowsEach() throws Exception {
        List<String> jobs = host.launchAndKill("a.ipynb", "b.ipynb", "c.ipynb", "d.ipynb");
        int count = 4;
        ExecutorService threads = Executors.newFixedThreadPool(count);
        List<NotebookGuard> guards = new ArrayList<>();
        try {
            CountDownLatch go = new CountDownLatch(1);
            List<Future<NotebookGuard>> opening = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                // Two of them share a folder.
                String temporary = "tmp" + i / 2;
                opening.add(threads.submit(() -> {
                    go.await();
                    return guard(temporary, HostDeath.KEEP);
                }));
            }
            go.countDown();
            for (Future<NotebookGuard> one : opening) {
                guards.add(one.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS));
            }

            for (String job : jobs) {
                await().atMost(TIMEOUT).until(() -> !following(guards, job).isEmpty());
                List<Execution> following = following(guards, job);
                assertThat(following).as(job).hasSize(1);
                engine.ends(job, 0);
                assertThat(end(following.get(0)).state()).isEqualTo(ExecutionState.COMPLETED);
            }
        } finally {
            guards.forEach(NotebookGuard::close);
            threads.shutdownNow();
        }
    }
}
