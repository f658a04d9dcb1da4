package io.nbguard.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.core.fixture.DeadGuard;
import io.nbguard.core.fixture.Eventually;
import io.nbguard.core.fixture.ExecutionStandIn;
import io.nbguard.core.fixture.FragileStore;
import io.nbguard.core.fixture.HastyClock;
import io.nbguard.core.fixture.ShortOfThreads;
import io.nbguard.core.workspace.FolderOwner;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.executor.ExecutionHandle;
import io.nbguard.spi.executor.Executor;
import io.nbguard.spi.executor.ExecutorCapabilities;
import io.nbguard.spi.executor.ExecutorSession;
import io.nbguard.spi.executor.LaunchContext;
import io.nbguard.spi.executor.LaunchedExecution;
import io.nbguard.spi.executor.Readiness;
import io.nbguard.spi.store.HistoryEntry;
import io.nbguard.testkit.FolderEngine;
import io.nbguard.testkit.FolderExecutor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a guard does with executions that an engine runs for a guard that was killed. */
@Timeout(120)
class EngineExecutionRecoveryTest {

    /** When they were submitted. */
    private static final Instant BEGIN =
            Instant.now().minus(Duration.ofHours(2)).truncatedTo(ChronoUnit.MILLIS);

    @TempDir
    private Path root;

    private final HastyClock clock = new HastyClock();
    private final FragileStore store = new FragileStore();
    private final List<NotebookGuard> guards = new ArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private FolderEngine engine;
    private FolderOwner dead;

    @BeforeEach
    void prepare() throws Exception {
        Files.writeString(root.resolve("report.ipynb"), "{}");
        Files.createDirectory(root.resolve("tmp"));
        Files.createDirectory(root.resolve("elsewhere"));
        engine = new FolderEngine(root.resolve("engine"));
        dead = DeadGuard.seenBy(FolderOwner.current().orElseThrow());
    }

    @AfterEach
    void close() {
        over.countDown();
        guards.forEach(NotebookGuard::close);
    }

    private GuardBuilder builder(Executor executor, String temporary) {
        return NotebookGuard.builder()
                .notebooks(root)
                .outputs(root.resolve("runs"))
                .storage(s -> s.temporaryFiles(root.resolve(temporary)))
                .lifecycle(l -> l.announce(false).onHostDeath(HostDeath.KEEP))
                .plugins(p -> p.classLoader(ClassLoader.getPlatformClassLoader()))
                .executor(executor)
                .history(h -> h.store(store))
                .clock(clock);
    }

    private NotebookGuard open(Executor executor, String temporary) {
        NotebookGuard guard = builder(executor, temporary).build();
        guards.add(guard);
        return guard;
    }

    private NotebookGuard open() {
        return open(new FolderExecutor(engine), "tmp");
    }

    /** Leaves an execution as a guard does that dies. */
    private ExecutionStandIn left(ExecutionState state, ExecutionRequest request) throws Exception {
        ExecutionStandIn standIn =
                new ExecutionStandIn("report.ipynb", BEGIN).is(state).asked(request);
        standIn.guard = Optional.of(dead.toText());
        standIn.engineHandle = Optional.of(new ExecutionHandle("folder-engine", 1, Map.of("job", job(standIn))));
        Files.createDirectories(root.resolve("engine/jobs").resolve(job(standIn)));
        store.write(List.of(new HistoryEntry.OfExecution(standIn.get())));
        return standIn;
    }

    private ExecutionStandIn running() throws Exception {
        ExecutionStandIn standIn =
                left(ExecutionState.RUNNING, ExecutionRequest.of("report.ipynb").build());
        engine.runs(job(standIn));
        return standIn;
    }

    private static String job(ExecutionStandIn standIn) {
        return "job-" + standIn.id.value();
    }

    private static Execution followed(NotebookGuard guard, ExecutionStandIn standIn) {
        return guard.execution(standIn.id).orElseThrow();
    }

    private static void until(Execution execution, ExecutionState state) {
        Eventually.until("it is " + state, () -> execution.state() == state);
    }

    private static ExecutionRecord end(Execution execution) throws Exception {
        return execution.completion().get(60, TimeUnit.SECONDS);
    }

    @Test
    void aGuardFollowsItThoughNoFolderOfItIsThere() throws Exception {
        ExecutionStandIn standIn = running();

        Execution execution = followed(open(), standIn);
        engine.ends(job(standIn), 0);

        ExecutionRecord record = end(execution);
        assertThat(record.state()).isEqualTo(ExecutionState.COMPLETED);
        assertThat(record.outcome().output().orElseThrow()).hasContent("{\"by\": \"" + job(standIn) + "\"}");
        assertThat(root.resolve("tmp")).isEmptyDirectory();
    }

    @Test
    void whatAnotherGuardFollowsIsNotTakenForAWordThatAnEarlierOneHasLeft() throws Exception {
        ExecutionStandIn standIn = running();
        Path folder = Files.createDirectory(root.resolve("tmp/nbguard-" + standIn.id.value()));
        Files.writeString(
                root.resolve("tmp").resolve(folder.getFileName() + ".guard"),
                dead.toText() + "staging="
                        + root.resolve("runs/.nbguard-" + standIn.id.value()).toUri() + "\noutput="
                        + root.resolve("runs/report.ipynb").toUri()
                        + "\nhandleExecutor=folder-engine\nhandleVersion=1\nhandle.job=" + job(standIn)
                        + "\ngivenBack=true\n");
        NotebookGuard follows = open(new FolderExecutor(engine), "elsewhere");
        Execution execution = followed(follows, standIn);

        NotebookGuard other = open();

        assertThat(other.executions()).isEmpty();
        engine.ends(job(standIn), 0);
        assertThat(end(execution).state()).isEqualTo(ExecutionState.COMPLETED);
    }

    @Test
    void itsStartTimeOutCountsFromItsSubmissionAndNotFromWhenItIsFollowedAgain() throws Exception {
        ExecutionStandIn late = left(
                ExecutionState.WAITING,
                ExecutionRequest.of("report.ipynb")
                        .startTimeout(Duration.ofMinutes(150))
                        .build());
        ExecutionStandIn inTime = left(
                ExecutionState.WAITING,
                ExecutionRequest.of("report.ipynb")
                        .startTimeout(Duration.ofMinutes(180))
                        .build());
        engine.waits(job(late), "no node is free");
        engine.waits(job(inTime), "no node is free");
        engine.isDown();
        NotebookGuard guard = open();
        Execution ends = followed(guard, late);
        Execution waits = followed(guard, inTime);
        until(ends, ExecutionState.CONTACT_LOST);
        until(waits, ExecutionState.CONTACT_LOST);
        clock.advance(Duration.ofMinutes(45));
        assertThat(ends.state()).as("it may have started, which is not known").isEqualTo(ExecutionState.CONTACT_LOST);
        engine.answers();

        AtomicInteger seconds = new AtomicInteger();
        Eventually.until("it is ended", () -> {
            // Until the time is over in which an executor says how it does, and not until the other's is up.
            if (seconds.incrementAndGet() < 120) {
                clock.advance(Duration.ofSeconds(1));
            }
            return engine.stops(job(late)).contains("KILL");
        });
        engine.ends(job(late), 137);
        assertThat(end(ends).outcome().reason()).contains(EndReason.TIMEOUT);
        until(waits, ExecutionState.WAITING);
        assertThat(engine.stops(job(inTime))).isEmpty();
        engine.runs(job(inTime));
        engine.ends(job(inTime), 0);
        assertThat(end(waits).state()).isEqualTo(ExecutionState.COMPLETED);
    }

    @Test
    void whatHasStartedWhileNoGuardWasThereHasNoStartTimeOut() throws Exception {
        ExecutionStandIn started = left(
                ExecutionState.WAITING,
                ExecutionRequest.of("report.ipynb")
                        .startTimeout(Duration.ofMinutes(60))
                        .build());
        engine.runs(job(started));

        Execution execution = followed(open(), started);

        until(execution, ExecutionState.RUNNING);
        clock.advance(Duration.ofMinutes(45));
        engine.ends(job(started), 0);
        assertThat(end(execution).state()).isEqualTo(ExecutionState.COMPLETED);
        assertThat(engine.stops(job(started))).isEmpty();
    }

    /** The folder's executor, which does not return from looking for one execution, and heeds no interrupt. */
    private Executor hangingAt(ExecutionStandIn one) {
        Executor usual = new FolderExecutor(engine);
        return new Executor() {
            @Override
            public String name() {
                return usual.name();
            }

            @Override
            public Readiness check(PluginConfig configuration) {
                return usual.check(configuration);
            }

            @Override
            public ExecutorCapabilities capabilities(PluginConfig configuration) {
                return usual.capabilities(configuration);
            }

            @Override
            public ExecutorSession open(PluginConfig configuration, ThreadFactory threads) {
                return new HangingSession(usual.open(configuration, threads), one, over);
            }
        };
    }

    private record HangingSession(ExecutorSession usual, ExecutionStandIn one, CountDownLatch over)
            implements ExecutorSession {

        @Override
        public LaunchedExecution launch(ExecutionRequest request, LaunchContext context) throws InterruptedException {
            return usual.launch(request, context);
        }

        @Override
        public Optional<LaunchedExecution> recover(
                ExecutionHandle handle, ExecutionRequest request, LaunchContext context) throws InterruptedException {
            boolean waits = context.id().equals(one.id);
            while (waits) {
                try {
                    over.await();
                    waits = false;
                } catch (InterruptedException ignored) {
                    // As a call does that blocks in native code.
                }
            }
            return usual.recover(handle, request, context);
        }

        @Override
        public void close() {
            usual.close();
        }
    }

    @Test
    void anExecutorThatHangsWhenItLooksForOneHoldsUpNoOtherAndNoGuard() throws Exception {
        ExecutionStandIn hanging = running();
        ExecutionStandIn other = running();
        NotebookGuard guard = open(hangingAt(hanging), "tmp");
        Execution stuck = followed(guard, hanging);
        Execution well = followed(guard, other);
        Execution made = guard.run(ExecutionRequest.of("report.ipynb").build());
        String job = "job-" + made.id().value();
        Eventually.until("there is a job", () -> engine.jobs().contains(job) && Files.exists(engine.notebook(job)));

        engine.ends(job(other), 0);
        engine.runs(job);
        engine.ends(job, 0);
        assertThat(end(well).state()).isEqualTo(ExecutionState.COMPLETED);
        assertThat(end(made).state()).isEqualTo(ExecutionState.COMPLETED);
        // Longer than a launch may take.
        clock.advance(Duration.ofHours(1));
        assertThat(stuck.state().isEnd()).as("its engine runs it").isFalse();

        guard.close();

        assertThat(stuck.state().isEnd()).isFalse();
        assertThat(store.execution(hanging.id).orElseThrow().record().state().isEnd())
                .isFalse();
        Execution again = followed(open(), hanging);
        engine.ends(job(hanging), 0);
        assertThat(end(again).lifecycle().endedAt()).isPresent();
    }

    @Test
    void itIsFollowedByTheGuardThatIsMadeAfterOthersFailed() throws Exception {
        ExecutionStandIn standIn = running();

        NotebookGuard first = ShortOfThreads.openAfterFailures(() -> builder(new FolderExecutor(engine), "tmp"));
        guards.add(first);
        assertThat(first.executions())
                .as("the thread of its run is the first without which a guard is made")
                .isEmpty();
        NotebookGuard second = open(new FolderExecutor(engine), "elsewhere");

        Execution execution = followed(second, standIn);
        engine.ends(job(standIn), 0);
        assertThat(end(execution).state()).isEqualTo(ExecutionState.COMPLETED);
    }
}
