package io.nbguard.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.EngineReport;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.execution.StopMode;
import io.nbguard.api.history.UsagePoint.Figure;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Reading;
import io.nbguard.api.snapshot.ExecutionSnapshot;
import io.nbguard.core.fixture.Eventually;
import io.nbguard.core.fixture.FakeProbe;
import io.nbguard.core.fixture.FakeTracker;
import io.nbguard.core.fixture.HastyClock;
import io.nbguard.core.fixture.RecordedEvents;
import io.nbguard.core.fixture.ScriptedExecutor;
import io.nbguard.core.fixture.ScriptedRun;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.executor.ExecutionHandle;
import io.nbguard.spi.executor.Executor;
import io.nbguard.spi.executor.ExecutorCapabilities;
import io.nbguard.spi.executor.ExecutorCapabilities.Feature;
import io.nbguard.spi.executor.ExecutorSession;
import io.nbguard.spi.executor.LaunchContext;
import io.nbguard.spi.executor.LaunchedExecution;
import io.nbguard.spi.executor.Readiness;
import io.nbguard.testkit.FolderEngine;
import io.nbguard.testkit.FolderExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Executions that an engine runs: no process of this machine, no memory of this node, and an engine that may not answer. */
@Timeout(120)
class RemoteExecutorTest {

    private static final String NOTEBOOK = "{\"cells\": []}";

    @TempDir
    private Path root;

    private final HastyClock clock = new HastyClock();
    private final RecordedEvents events = new RecordedEvents();
    private final ScriptedExecutor local = new ScriptedExecutor();
    private final FakeProbe probe = new FakeProbe();
    private FolderEngine engine;
    private NotebookGuard guard;

    @BeforeEach
    void prepare() throws IOException {
        Files.writeString(root.resolve("a.ipynb"), NOTEBOOK);
        engine = new FolderEngine(root.resolve("engine"));
    }

    @AfterEach
    void close() {
        if (guard != null) {
            guard.close();
        }
    }

    private GuardBuilder builder() {
        return NotebookGuard.builder()
                .notebooks(root)
                .outputs(root.resolve("runs"))
                .storage(s -> s.temporaryFiles(root))
                .lifecycle(l -> l.announce(false))
                .watchdog(w -> w.interval(Duration.ofMillis(20)))
                .lifecycle(l -> l.stopGrace(Duration.ofSeconds(5)))
                .listener(events)
                .clock(clock);
    }

    /** Opens a guard with the engine alone: it needs neither tracker nor probe. */
    private void openRemote() {
        guard = builder()
                .plugins(p -> p.classLoader(ClassLoader.getPlatformClassLoader()))
                .executor(new FolderExecutor(engine))
                .build();
    }

    /** Opens a guard with an executor of each kind. */
    private void openBoth(String policy) {
        guard = builder()
                .executor(local)
                .executor(new FolderExecutor(engine))
                .executorForTag("elsewhere", "folder-engine")
                .plugins(p -> p.tracker(new FakeTracker()).probes(probe))
                .watchdog(w -> w.killPolicy(policy))
                .build();
    }

    private Execution run() {
        return guard.run(
                ExecutionRequest.of("a.ipynb").executor("folder-engine").build());
    }

    /** Returns the engine's job of an execution, once it is there. */
    private String job(Execution execution) {
        String job = "job-" + execution.id().value();
        Eventually.until("there is a job", () -> engine.jobs().contains(job) && Files.exists(engine.notebook(job)));
        return job;
    }

    private static void until(Execution execution, ExecutionState state) {
        Eventually.until("it is " + state, () -> execution.state() == state);
    }

    private static ExecutionRecord end(Execution execution) throws Exception {
        return execution.completion().get(60, TimeUnit.SECONDS);
    }

    private ExecutionSnapshot row(Execution execution) {
        return guard.snapshot().executions().stream()
                .filter(row -> row.id().equals(execution.id()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void anEngineRunsANotebookThatItHasGotAndGivesBackItsOutput() throws Exception {
        openRemote();
        Execution execution = run();
        String job = job(execution);
        assertThat(engine.notebook(job)).hasContent(NOTEBOOK);

        engine.waits(job, "0/3 nodes are available");
        until(execution, ExecutionState.WAITING);
        assertThat(execution.record().lifecycle().message()).contains("0/3 nodes are available");
        engine.waits(job, "node-1 is being started");
        Eventually.until(
                "the new reason is told",
                () -> execution.record().lifecycle().message().equals(Optional.of("node-1 is being started")));
        engine.runs(job);
        until(execution, ExecutionState.RUNNING);
        assertThat(execution.record().lifecycle().message()).isEmpty();
        engine.ends(job, 0);

        ExecutionRecord record = end(execution);
        assertThat(record.state()).isEqualTo(ExecutionState.COMPLETED);
        assertThat(record.outcome().output().orElseThrow()).hasContent("{\"by\": \"" + job + "\"}");
        assertThat(record.executor()).contains("folder-engine");
        assertThat(record.outcome().engine().flatMap(EngineReport::node)).contains("node-1");
        assertThat(record.outcome().engine().map(EngineReport::id)).contains(job);
    }

    @Test
    void whatTheEngineDoesNotSayIsUnknownAndWhatItSaysHasAnAge() throws Exception {
        openRemote();
        Execution execution = run();
        String job = job(execution);
        engine.runs(job);
        until(execution, ExecutionState.RUNNING);

        assertThat(row(execution).usage().memory())
                .isInstanceOfSatisfying(Reading.Unavailable.class, unknown -> assertThat(unknown.reason())
                        .contains("has reported none yet"));
        assertThat(row(execution).measuredAt()).isEmpty();
        engine.uses(job, 300 << 20, 5_000_000_000L);
        Eventually.until("it is reported", () -> row(execution).measuredAt().isPresent());

        ExecutionSnapshot row = row(execution);
        assertThat(row.usage().memory().value()).contains(ByteSize.ofMebibytes(300));
        assertThat(row.usage().memory().source()).isEqualTo("folder-engine");
        assertThat(row.usage().cpuTime().value().orElseThrow().seconds()).isEqualTo(5);
        assertThat(row.usage().cores().value()).isEmpty();
        assertThat(row.accounts().rss().value()).isEmpty();
        assertThat(row.processes()).isEmpty();
        engine.uses(job, 200 << 20, 6_000_000_000L);
        Eventually.until(
                "it holds less",
                () -> row(execution).usage().memory().value().equals(Optional.of(ByteSize.ofMebibytes(200))));
        engine.ends(job, 0);
        assertThat(end(execution).usage().peakMemory()).contains(ByteSize.ofMebibytes(300));
    }

    @Test
    void anEngineThatReportsMemoryAloneHasItRecordedAndTheRestUnknown() throws Exception {
        openRemote();
        Execution execution = run();
        String job = job(execution);
        engine.runs(job);
        until(execution, ExecutionState.RUNNING);
        engine.uses(job, 300 << 20, 5_000_000_000L);
        Eventually.until(
                "it is recorded",
                () -> !guard.history().usage(execution.id(), 10).isEmpty());

        assertThat(guard.history().usage(execution.id(), 10)).allSatisfy(point -> {
            assertThat(point.memory().map(Figure::mean)).contains(ByteSize.ofMebibytes(300));
            assertThat(point.cores()).isEmpty();
        });
        engine.ends(job, 0);
        end(execution);
    }

    @Test
    void ofAnEngineThatReportsNoUsageNothingIsKnown() throws Exception {
        guard = builder()
                .plugins(p -> p.classLoader(ClassLoader.getPlatformClassLoader()))
                .executor(new FolderExecutor(engine, "folder-engine", Set.of()))
                .build();
        Execution execution = run();
        String job = job(execution);
        engine.runs(job);
        until(execution, ExecutionState.RUNNING);

        assertThat(row(execution).usage().memory())
                .isInstanceOfSatisfying(Reading.Unavailable.class, unknown -> assertThat(unknown.reason())
                        .contains("reports none"));
        engine.ends(job, 0);
        ExecutionRecord record = end(execution);
        assertThat(record.usage().peakMemory()).isEmpty();
        assertThat(record.usage().cpuTime()).isEmpty();
    }

    @Test
    void aStopGoesFromForceToForceAndTheEngineSaysWhenItIsGone() throws Exception {
        openRemote();
        Execution execution = run();
        String job = job(execution);
        engine.runs(job);
        until(execution, ExecutionState.RUNNING);

        execution.stop(StopMode.GRACEFUL);
        Eventually.until("it is killed", () -> {
            clock.advance(Duration.ofSeconds(1));
            return engine.stops(job).contains("KILL");
        });
        assertThat(engine.stops(job)).containsExactly("INTERRUPT", "TERMINATE", "KILL");
        // Longer than any time-out that ends the record of a local execution.
        clock.advance(Duration.ofHours(2));
        Eventually.until("another tick has passed", () -> guard.snapshot().sequence() > 2);
        assertThat(execution.state()).isEqualTo(ExecutionState.TERMINATING);
        engine.ends(job, 137);

        ExecutionRecord record = end(execution);
        assertThat(record.state()).isEqualTo(ExecutionState.KILLED);
        assertThat(record.outcome().reason()).contains(EndReason.USER_STOP);
        assertThat(engine.stops(job))
                .as("what is not answered is not asked again")
                .hasSize(3);
    }

    @Test
    void aLostContactIsAStateAndNoEnd() throws Exception {
        openRemote();
        Execution execution = run();
        String job = job(execution);
        engine.runs(job);
        until(execution, ExecutionState.RUNNING);

        engine.isDown();
        until(execution, ExecutionState.CONTACT_LOST);
        assertThat(execution.record().lifecycle().message()).contains("the engine is down");
        assertThat(guard.engines().get("folder-engine").reachable()).isFalse();
        clock.advance(Duration.ofDays(2));
        engine.answers();
        until(execution, ExecutionState.RUNNING);
        assertThat(guard.engines().get("folder-engine").reachable()).isTrue();
        engine.isDown();
        until(execution, ExecutionState.CONTACT_LOST);
        engine.ends(job, 0);
        engine.answers();

        assertThat(end(execution).state()).isEqualTo(ExecutionState.COMPLETED);
    }

    @Test
    void aStopThatDoesNotReachTheEngineIsTriedUntilItDoes() throws Exception {
        openRemote();
        Execution execution = run();
        String job = job(execution);
        engine.runs(job);
        until(execution, ExecutionState.RUNNING);
        engine.isDown();
        until(execution, ExecutionState.CONTACT_LOST);

        execution.stop(StopMode.IMMEDIATE);
        Eventually.until(
                "it is told that the engine does not answer",
                () -> events.of(GuardEvent.ExecutionNote.class).stream().anyMatch(note -> note.message()
                        .contains("does not answer: the engine is down; it is asked again")));
        clock.advance(Duration.ofHours(1));
        assertThat(execution.state()).isEqualTo(ExecutionState.TERMINATING);
        engine.answers();
        Eventually.until("the stop arrives", () -> {
            clock.advance(Duration.ofSeconds(10));
            return engine.stops(job).contains("KILL");
        });
        engine.ends(job, 137);

        assertThat(end(execution).outcome().reason()).contains(EndReason.USER_STOP);
    }

    @Test
    void aRefusedStopIsToldOnceAndAskedAgain() throws Exception {
        openRemote();
        Execution execution = run();
        String job = job(execution);
        engine.runs(job);
        until(execution, ExecutionState.RUNNING);
        engine.refusesStops("no permission to cancel");

        execution.stop(StopMode.IMMEDIATE);
        Eventually.until("it is told", () -> !refusals().isEmpty());
        for (int i = 0; i < 5; i++) {
            clock.advance(Duration.ofMinutes(2));
        }
        engine.obeysStops();
        Eventually.until("it is asked again", () -> {
            clock.advance(Duration.ofSeconds(10));
            return engine.stops(job).contains("KILL");
        });
        engine.ends(job, 137);
        assertThat(end(execution).outcome().reason()).contains(EndReason.USER_STOP);
        assertThat(refusals()).hasSize(1);
    }

    private List<GuardEvent.ExecutionNote> refusals() {
        return events.of(GuardEvent.ExecutionNote.class).stream()
                .filter(note -> note.message().contains("no permission to cancel"))
                .toList();
    }

    @Test
    void theTimeoutCountsFromTheStartOfUserCodeAndTheStartHasItsOwn() throws Exception {
        openRemote();
        Execution patient = guard.run(
                ExecutionRequest.of("a.ipynb").timeout(Duration.ofSeconds(2)).build());
        engine.waits(job(patient), "Priority");
        until(patient, ExecutionState.WAITING);
        clock.advance(Duration.ofMinutes(30));
        Execution hurried = guard.run(ExecutionRequest.of("a.ipynb")
                .startTimeout(Duration.ofSeconds(1))
                .build());
        engine.waits(job(hurried), "Priority");

        Eventually.until(
                "the hurried one is ended", () -> engine.stops(job(hurried)).contains("KILL"));
        assertThat(patient.state()).isEqualTo(ExecutionState.WAITING);
        engine.ends(job(hurried), 137);
        ExecutionRecord record = end(hurried);
        assertThat(record.outcome().reason()).contains(EndReason.TIMEOUT);
        assertThat(record.lifecycle().message().orElseThrow()).contains("did not start within 1s");

        assertThat(engine.stops(job(patient))).isEmpty();
        engine.runs(job(patient));
        Eventually.until("its time is up", () -> !engine.stops(job(patient)).isEmpty());
        engine.ends(job(patient), 137);
        record = end(patient);
        assertThat(record.outcome().reason()).contains(EndReason.TIMEOUT);
        assertThat(record.lifecycle().message().orElseThrow()).contains("ran longer than 2s");
    }

    @ParameterizedTest
    @ValueSource(strings = {"heaviest", "youngest", "lowest-priority", "fastest-growing", "least-wasted-work"})
    void noPolicyEndsWhatHoldsNoMemoryOfThisNode(String policy) throws Exception {
        openBoth(policy);
        Execution here = guard.run(ExecutionRequest.of("a.ipynb").priority(9).build());
        ScriptedRun run = local.next().runs();
        Execution elsewhere = guard.run(
                ExecutionRequest.of("a.ipynb").tag("elsewhere").priority(-9).build());
        String job = job(elsewhere);
        engine.runs(job);
        until(elsewhere, ExecutionState.RUNNING);
        engine.uses(job, 8L << 30, 1);
        Eventually.until("it is reported", () -> row(elsewhere).measuredAt().isPresent());
        run.group.rss = FakeProbe.LIMIT / 2;
        Optional<ByteSize> half = Optional.of(ByteSize.ofBytes(FakeProbe.LIMIT / 2));
        Eventually.until("the other is measured", () -> guard.snapshot().executions().stream()
                .anyMatch(row -> row.id().equals(here.id())
                        && row.accounts().rss().value().equals(half)));

        probe.used = FakeProbe.LIMIT * 96 / 100;

        ExecutionRecord record = end(here);
        assertThat(record.outcome().reason()).contains(EndReason.WATCHDOG_MEMORY);
        assertThat(record.outcome().killScenario().orElseThrow().candidates())
                .as("only what could free memory here is a candidate")
                .singleElement()
                .satisfies(candidate -> assertThat(candidate.id()).isEqualTo(here.id()));
        // Use stays beyond the threshold, and there is nothing left here that could be ended.
        Eventually.until("it is told that nothing can be ended", () -> {
            clock.advance(Duration.ofSeconds(1));
            return !events.of(GuardEvent.KillWithheld.class).isEmpty();
        });
        assertThat(elsewhere.state()).isEqualTo(ExecutionState.RUNNING);
        assertThat(engine.stops(job)).isEmpty();
        engine.ends(job, 0);
        assertThat(end(elsewhere).state()).isEqualTo(ExecutionState.COMPLETED);
    }

    @Test
    void whatTheEngineEndsIsRecordedWithTheEnginesReason() throws Exception {
        openRemote();
        for (EngineReport.End why : EngineReport.End.values()) {
            Execution execution = run();
            String job = job(execution);
            engine.runs(job);
            until(execution, ExecutionState.RUNNING);
            engine.endsIt(job, why.name(), "the engine's own words");

            ExecutionRecord record = end(execution);
            assertThat(record.outcome().reason().orElseThrow())
                    .isEqualTo(
                            switch (why) {
                                case OUT_OF_MEMORY -> EndReason.KERNEL_OOM;
                                case NODE_LOST -> EndReason.NODE_LOST;
                                case PREEMPTED -> EndReason.PREEMPTED;
                                case EVICTED -> EndReason.EVICTED;
                                case TIME_LIMIT -> EndReason.TIMEOUT;
                                case CANCELLED -> EndReason.CANCELLED;
                            });
            assertThat(record.lifecycle().message().orElseThrow()).contains("the engine's own words");
        }
    }

    /** The folder's executor, with sessions of which one thing is otherwise. */
    private final class Odd implements Executor {

        private final Executor usual = new FolderExecutor(engine);
        private final UnaryOperator<ExecutorSession> otherwise;

        Odd(UnaryOperator<ExecutorSession> otherwise) {
            this.otherwise = otherwise;
        }

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
            return otherwise.apply(usual.open(configuration, threads));
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void open(UnaryOperator<ExecutorSession> otherwise) {
        guard = builder()
                .plugins(p -> p.classLoader(ClassLoader.getPlatformClassLoader()))
                .executor(new Odd(otherwise))
                .build();
    }

    @Test
    void aLaunchThatBreaksWhenTheEngineHasTheExecutionAlreadyIsLookedForThere() throws Exception {
        open(usual -> new ExecutorSession() {
            @Override
            public LaunchedExecution launch(ExecutionRequest request, LaunchContext context)
                    throws InterruptedException {
                usual.launch(request, context);
                throw new IllegalStateException("the engine's answer was lost");
            }

            @Override
            public Optional<LaunchedExecution> recover(
                    ExecutionHandle handle, ExecutionRequest request, LaunchContext context)
                    throws InterruptedException {
                return usual.recover(handle, request, context);
            }

            @Override
            public void close() {
                usual.close();
            }
        });
        Execution execution = run();
        String job = job(execution);
        engine.runs(job);
        until(execution, ExecutionState.RUNNING);
        engine.ends(job, 0);

        assertThat(end(execution).state()).isEqualTo(ExecutionState.COMPLETED);
        Eventually.until("it is told", () -> events.of(GuardEvent.ExecutionNote.class).stream()
                .anyMatch(note -> note.message().contains("the engine's answer was lost")));
    }

    @Test
    void aLaunchThatHangsWhenTheEngineHasTheExecutionAlreadyEndsNoRecord() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        open(usual -> new ExecutorSession() {
            @Override
            public LaunchedExecution launch(ExecutionRequest request, LaunchContext context)
                    throws InterruptedException {
                LaunchedExecution launched = usual.launch(request, context);
                boolean released = false;
                while (!released) {
                    try {
                        release.await();
                        released = true;
                    } catch (InterruptedException deaf) {
                        // It heeds no interrupt.
                    }
                }
                return launched;
            }

            @Override
            public void close() {
                usual.close();
            }
        });
        Execution execution = run();
        String job = job(execution);
        Eventually.until("its handle is kept", () -> text(root.resolve(
                        "nbguard-" + execution.id().value() + ".guard"))
                .contains("handleExecutor"));
        execution.stop(StopMode.IMMEDIATE);
        for (int i = 0; i < 5; i++) {
            clock.advance(Duration.ofMinutes(5));
        }
        assertThat(execution.state()).isEqualTo(ExecutionState.TERMINATING);
        release.countDown();
        Eventually.until("the stop arrives", () -> engine.stops(job).contains("KILL"));
        engine.ends(job, 137);

        assertThat(end(execution).outcome().reason()).contains(EndReason.USER_STOP);
    }

    @Test
    void aCheckOfARequestThatBreaksIsToldAsTheExecutorsFault() {
        open(usual -> new ExecutorSession() {
            @Override
            public LaunchedExecution launch(ExecutionRequest request, LaunchContext context) {
                throw new AssertionError("launched");
            }

            @Override
            public void check(ExecutionRequest request) {
                throw new IllegalStateException("on purpose");
            }

            @Override
            public void close() {
                usual.close();
            }
        });

        assertThatThrownBy(this::run)
                .isInstanceOfSatisfying(GuardException.class, refusal -> assertThat(refusal.code())
                        .isEqualTo(ErrorCode.PLUGIN))
                .hasMessageContaining("folder-engine")
                .hasMessageContaining("on purpose");
    }

    @Test
    void anExecutorThatIsNotThereIsNamedWithThoseThatAre() {
        openBoth("heaviest");

        assertThatThrownBy(() -> guard.run(
                        ExecutionRequest.of("a.ipynb").executor("slurm").build()))
                .isInstanceOfSatisfying(GuardException.class, refusal -> assertThat(refusal.code())
                        .isEqualTo(ErrorCode.NOT_FOUND))
                .hasMessage("there is no executor 'slurm': this guard has 'scripted', 'folder-engine'");
        assertThatThrownBy(() -> guard.run(
                        ExecutionRequest.of("a.ipynb").executor("folder-engin").build()))
                .hasMessage("there is no executor 'folder-engin': this guard has 'folder-engine', 'scripted'");
        assertThatThrownBy(() -> builder()
                        .executor(new FolderExecutor(engine))
                        .executorForTag("gpu", "slurm")
                        .build())
                .hasMessageContaining("no executor 'slurm' for tag 'gpu'");
    }

    @Test
    void aLimitThatTheEngineDoesNotEnforceIsRefused() {
        openRemote();

        assertThatThrownBy(() -> guard.run(ExecutionRequest.of("a.ipynb")
                        .memoryLimit(ByteSize.ofGibibytes(1))
                        .build()))
                .isInstanceOfSatisfying(GuardException.class, refusal -> assertThat(refusal.code())
                        .isEqualTo(ErrorCode.UNSUPPORTED))
                .hasMessageContaining("folder-engine");
    }

    @Test
    void aGuardThatIsClosedWhileTheEngineIsDownLeavesTheExecutionToTheNext() throws Exception {
        guard = builder()
                .plugins(p -> p.classLoader(ClassLoader.getPlatformClassLoader()))
                .executor(new FolderExecutor(engine, "folder-engine", Set.of(Feature.RECOVER)))
                .build();
        Execution execution = run();
        String job = job(execution);
        engine.runs(job);
        until(execution, ExecutionState.RUNNING);
        engine.isDown();
        until(execution, ExecutionState.CONTACT_LOST);

        guard.close();

        assertThat(end(execution).state()).isEqualTo(ExecutionState.TERMINATING);
        assertThat(root.resolve("nbguard-" + execution.id().value() + ".guard")).exists();
    }

    @Test
    void theMemoryBudgetCountsWhatEnginesReportWhereTheHostSaysSo() throws Exception {
        guard = builder()
                .plugins(p -> p.classLoader(ClassLoader.getPlatformClassLoader()))
                .executor(new FolderExecutor(engine))
                .memoryBudget(ByteSize.parse("1g"))
                .admission(a -> a.countRemote(true))
                .build();
        Execution first = run();
        String job = job(first);
        engine.uses(job, 900L << 20, 1);
        Eventually.until(
                "its use is known", () -> row(first).usage().memory().value().isPresent());

        Execution second = run();
        // The admission thread looks at it, and leaves it: it alone lets executions in.
        assertThat(heldBack(second)).isTrue();
        engine.uses(job, 100L << 20, 1);
        Eventually.until("it is let in", () -> engine.jobs()
                .contains("job-" + second.id().value()));

        assertThat(events.of(GuardEvent.Terminated.class)).isEmpty();
        engine.ends(job, 0);
        engine.ends(job(second), 0);
        assertThat(end(first).state()).isEqualTo(ExecutionState.COMPLETED);
        assertThat(end(second).state()).isEqualTo(ExecutionState.COMPLETED);
    }

    /** Returns whether an execution waits still after the admission thread has looked at the queue and parked again. */
    private static boolean heldBack(Execution execution) {
        Thread admission = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("nbguard-admission"))
                .findFirst()
                .orElseThrow();
        Eventually.until(
                "the admission waits for the budget", () -> admission.getState() == Thread.State.TIMED_WAITING);
        return execution.state() == ExecutionState.QUEUED;
    }

    @Test
    void countingWhatRunsElsewhereNeedsABudget() {
        assertThatThrownBy(() -> builder()
                        .executor(new FolderExecutor(engine))
                        .admission(a -> a.countRemote(true))
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("memoryBudget");
    }
}
