package io.nbguard.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.event.GuardEvent.PluginMisbehaved.Fault;
import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.execution.StopMode;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.CpuTime;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.measure.Reading;
import io.nbguard.api.measure.UsageReadings;
import io.nbguard.api.snapshot.ExecutionSnapshot;
import io.nbguard.core.fixture.Eventually;
import io.nbguard.core.fixture.HastyClock;
import io.nbguard.core.fixture.RecordedEvents;
import io.nbguard.core.fixture.WildEngine;
import io.nbguard.core.recovery.KeptRuns;
import io.nbguard.core.workspace.FolderOwner;
import io.nbguard.spi.executor.EngineHealth;
import io.nbguard.spi.executor.LaunchContext;
import io.nbguard.spi.executor.StopAnswer;
import io.nbguard.spi.executor.UsageReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An executor of an engine that breaks its contract: the guard lives, names it, and loses no record. */
@Timeout(120)
class MisbehavingEngineTest {

    /** What the names of the threads of runs begin with. */
    private static final String RUN = "nbguard-run-";

    @TempDir
    private Path root;

    private final HastyClock clock = new HastyClock();
    private final RecordedEvents events = new RecordedEvents();
    private final WildEngine engine = new WildEngine();
    private final AtomicInteger threadsRefused = new AtomicInteger();
    private volatile boolean runsGetNoThread;
    private NotebookGuard guard;

    @BeforeEach
    void open() throws IOException {
        Files.writeString(root.resolve("a.ipynb"), "{\"cells\": []}");
        guard = builder().build();
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
                .clock(clock)
                .plugins(p -> p.classLoader(ClassLoader.getPlatformClassLoader()))
                .executor(engine)
                .threadFactory(this::thread);
    }

    private Thread thread(Runnable work) {
        if (runsGetNoThread && Thread.currentThread().getName().startsWith(RUN)) {
            threadsRefused.incrementAndGet();
            throw new OutOfMemoryError("no thread, on purpose");
        }
        return new Thread(work);
    }

    @AfterEach
    void close() {
        engine.endEverything();
        guard.close();
    }

    private Execution run() {
        return guard.run(ExecutionRequest.of("a.ipynb").build());
    }

    private static ExecutionRecord end(Execution execution) throws Exception {
        return execution.completion().get(60, TimeUnit.SECONDS);
    }

    private static void until(Execution execution, ExecutionState state) {
        Eventually.until("it is " + state, () -> execution.state() == state);
    }

    /** Returns the engine's job of an execution, once it runs and its handle is on disk. */
    private WildEngine.Job running(Execution execution) throws Exception {
        WildEngine.Job job = engine.next();
        Eventually.until(
                "its handle is kept", () -> KeptRuns.of(execution.id(), root).isPresent());
        job.context.running();
        until(execution, ExecutionState.RUNNING);
        return job;
    }

    /** Waits until a fault of the engine's executor was told, and returns what was said. */
    private String told(Fault fault) {
        Eventually.until("the fault " + fault + " is told", () -> events.of(GuardEvent.PluginMisbehaved.class).stream()
                .anyMatch(event -> event.fault() == fault));
        GuardEvent.PluginMisbehaved event = events.of(GuardEvent.PluginMisbehaved.class).stream()
                .filter(one -> one.fault() == fault)
                .findFirst()
                .orElseThrow();
        assertThat(event.plugin()).isEqualTo(WildEngine.NAME);
        return event.message();
    }

    // Stops.

    private void assertThatAStopFails(WildEngine.Stopping how, Fault fault) throws Exception {
        engine.stopping = how;
        Execution execution = run();
        running(execution);

        execution.stop(StopMode.IMMEDIATE);
        assertThat(told(fault))
                .contains("it is asked again")
                .contains("until its engine says that it is gone")
                .doesNotContain("processes");
        assertThat(execution.state()).isEqualTo(ExecutionState.TERMINATING);
        engine.stopping = (stopped, force) -> stopped.gone(137);
        Eventually.until("it is asked again", () -> {
            clock.advance(Duration.ofSeconds(30));
            return execution.state().isEnd();
        });
        assertThat(end(execution).outcome().reason()).contains(EndReason.USER_STOP);
    }

    @Test
    void aStopThatThrowsIsAskedForAgain() throws Exception {
        assertThatAStopFails(
                (job, force) -> {
                    throw new IllegalStateException("on purpose");
                },
                Fault.THREW);
    }

    @Test
    void aStopThatAnswersNothingIsAskedForAgain() throws Exception {
        assertThatAStopFails((job, force) -> null, Fault.INVALID_ANSWER);
    }

    @Test
    void aStopWhoseAnswerFailsIsAskedForAgain() throws Exception {
        assertThatAStopFails(
                (job, force) -> CompletableFuture.failedFuture(new IllegalStateException("on purpose")), Fault.THREW);
    }

    @Test
    void aStopThatDoesNotReturnIsInterruptedAndAskedForAgain() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        assertThatAStopFails(
                (job, force) -> {
                    never.await();
                    return CompletableFuture.completedFuture(StopAnswer.GONE);
                },
                Fault.TOO_SLOW);
    }

    @Test
    void aReportThatBreaksWhileItIsStoppedEndsNoRecordBeforeItsEngineSaysThatItIsGone() throws Exception {
        engine.stopping = (job, force) -> CompletableFuture.completedFuture(StopAnswer.unreachable("on purpose"));
        BlockingQueue<WildEngine.Job> recovered = new LinkedBlockingQueue<>();
        engine.recovering = (handle, usual) -> {
            recovered.add(usual);
            return Optional.of(usual);
        };
        Execution execution = run();
        WildEngine.Job job = running(execution);
        execution.stop(StopMode.IMMEDIATE);
        until(execution, ExecutionState.TERMINATING);

        job.completion.completeExceptionally(new IllegalStateException("on purpose"));

        Eventually.until("it is looked for", () -> {
            clock.advance(Duration.ofSeconds(30));
            return !recovered.isEmpty();
        });
        assertThat(execution.state().isEnd()).isFalse();
        engine.stopping = (stopped, force) -> stopped.gone(137);
        Eventually.until("it has ended", () -> {
            clock.advance(Duration.ofSeconds(30));
            return execution.state().isEnd();
        });
        assertThat(end(execution).outcome().reason()).contains(EndReason.USER_STOP);
    }

    // Health.

    @Test
    void anExecutorThatDoesNotSayHowItsEngineDoesBlocksOnlyTheFirstCallerAndIsNamed() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        engine.health = () -> {
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return EngineHealth.REACHABLE;
        };

        for (int i = 0; i < 100; i++) {
            EngineHealth health = guard.engines().get(WildEngine.NAME);
            assertThat(health.reachable()).isFalse();
            assertThat(health.since()).isPresent();
            assertThat(health.finding()).contains("does not say");
        }
        assertThat(told(Fault.TOO_SLOW)).contains("how its engine does");
        release.countDown();
        Eventually.until(
                "it is reachable", () -> guard.engines().get(WildEngine.NAME).reachable());
        assertThat(guard.engines().get(WildEngine.NAME).since()).isPresent();
    }

    @Test
    void anExecutorThatBreaksWhenItIsAskedHowItsEngineDoesIsNamed() {
        engine.health = () -> {
            throw new IllegalStateException("on purpose");
        };
        assertThat(guard.engines().get(WildEngine.NAME))
                .satisfies(health -> assertThat(health.finding()).contains("on purpose"))
                .satisfies(health -> assertThat(health.since()).isPresent());
        assertThat(told(Fault.THREW)).contains("how its engine does");
        engine.health = () -> new EngineHealth(false, null, null);
        assertThat(guard.engines().get(WildEngine.NAME).finding()).contains("since");
        engine.health = () -> EngineHealth.unreachable(clock.instant(), "x".repeat(1_000_000));
        assertThat(guard.engines().get(WildEngine.NAME).finding()).hasSizeLessThan(3_000);
        engine.health = () -> null;
        assertThat(guard.engines().get(WildEngine.NAME).finding()).contains("returned null");
        told(Fault.INVALID_ANSWER);
    }

    // Handles.

    private String claim(Execution execution) throws IOException {
        return Files.readString(root.resolve("nbguard-" + execution.id().value() + ".guard"));
    }

    @Test
    void aHandleThatIsKeptTwiceIsThereOnce() throws Exception {
        Execution execution = run();
        WildEngine.Job job = running(execution);
        job.context.keep(1, Map.of("job", job.id));

        assertThat(claim(execution).lines().filter(line -> line.startsWith("handleExecutor=")))
                .hasSize(1);
        job.gone(0);
        end(execution);
    }

    @Test
    void aHandleThatIsKeptAnewReplacesTheOneBefore() throws Exception {
        Execution execution = run();
        WildEngine.Job job = running(execution);
        String owner = claim(execution).lines().findFirst().orElseThrow();
        job.context.keep(1, Map.of("a-long-name-of-its-own-choice", "x".repeat(200)));
        job.context.keep(2, Map.of("id", "7"));

        assertThat(claim(execution).lines().filter(line -> line.startsWith("handleExecutor=")))
                .hasSize(1);
        assertThat(claim(execution)).startsWith(owner);
        assertThat(KeptRuns.of(execution.id(), root).orElseThrow().handle()).satisfies(handle -> {
            assertThat(handle.version()).isEqualTo(2);
            assertThat(handle.state()).isEqualTo(Map.of("id", "7"));
        });
        job.gone(0);
        end(execution);
    }

    @Test
    void aHandleThatCannotBeKeptIsRefusedAndTheExecutorNamed() throws Exception {
        Map<String, String> large = new HashMap<>();
        for (int i = 0; i < 10_000; i++) {
            large.put("entry-" + i, "x");
        }
        Map<String, String> empty = new HashMap<>();
        empty.put("job", null);
        List<Throwable> refusals = new CopyOnWriteArrayList<>();
        engine.launching = job -> {
            refusals.add(catchThrowable(() -> job.context.keep(1, large)));
            refusals.add(catchThrowable(() -> job.context.keep(1, empty)));
            refusals.add(catchThrowable(() -> job.context.keep(0, Map.of())));
            refusals.add(catchThrowable(() -> job.context.keep(1, Map.of("a=b\nc", "x"))));
            return job.kept();
        };
        Execution execution = run();
        WildEngine.Job job = running(execution);

        assertThat(refusals).hasSize(4).doesNotContainNull();
        assertThat(told(Fault.INVALID_ANSWER)).contains("a handle's state has").contains("no other guard finds");
        assertThat(KeptRuns.of(execution.id(), root).orElseThrow().handle().state())
                .isEqualTo(Map.of("job", job.id));
        job.gone(0);
        assertThat(end(execution).state()).isEqualTo(ExecutionState.COMPLETED);
    }

    // Usage.

    private ExecutionSnapshot row(Execution execution) {
        return guard.snapshot().executions().stream()
                .filter(row -> row.id().equals(execution.id()))
                .findFirst()
                .orElseThrow();
    }

    private static UsageReport usage(Instant at) {
        return figures(at).build();
    }

    private static UsageReport.Builder figures(Instant at) {
        return UsageReport.at(at, WildEngine.NAME).memory(ByteSize.ofMebibytes(100));
    }

    @Test
    void usageFromTheFutureOrFromBeforeTheStartIsDatedByTheGuardAndTheExecutorNamed() throws Exception {
        Execution execution = run();
        WildEngine.Job job = running(execution);

        job.context.usage(usage(Instant.MAX));
        assertThat(told(Fault.INVALID_ANSWER)).contains("clock");
        assertThat(row(execution).measuredAt().orElseThrow()).isBeforeOrEqualTo(clock.instant());
        Eventually.until(
                "it is recorded",
                () -> !guard.history().usage(execution.id(), 10).isEmpty());
        assertThat(guard.history().usage(execution.id(), 10))
                .allSatisfy(point -> assertThat(point.at()).isBeforeOrEqualTo(clock.instant()));
        Instant before = row(execution).measuredAt().orElseThrow();
        job.context.usage(figures(Instant.MIN).memory(ByteSize.ofMebibytes(7)).build());
        assertThat(row(execution).measuredAt())
                .as("an older report changes nothing")
                .contains(before);
        assertThat(row(execution).usage().memory().value()).contains(ByteSize.ofMebibytes(100));
        job.gone(0);
        assertThat(end(execution).usage().peakMemory()).contains(ByteSize.ofMebibytes(100));
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, -1, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void coresThatCannotBeMeantAreUnknown(double cores) throws Exception {
        Execution execution = run();
        WildEngine.Job job = running(execution);

        job.context.usage(figures(clock.instant()).cores(cores).build());

        assertThat(told(Fault.INVALID_ANSWER)).contains("cores");
        assertThat(row(execution).usage().cores()).isInstanceOf(Reading.Unavailable.class);
        assertThat(row(execution).usage().memory().value()).contains(ByteSize.ofMebibytes(100));
        job.gone(0);
        end(execution);
    }

    @Test
    void figuresOfNullAreUnknown() throws Exception {
        Execution execution = run();
        WildEngine.Job job = running(execution);
        UsageReport report = usage(clock.instant());

        job.context.usage(new UsageReport(
                report.at(),
                new UsageReadings(
                        new Reading.Value<>(null, "x"),
                        new Reading.Value<>(null, "x"),
                        new Reading.Value<>(null, "x"),
                        new Reading.Value<>(null, "x")),
                new Reading.Value<>(null, "x")));

        assertThat(told(Fault.INVALID_ANSWER)).contains("null");
        assertThat(row(execution).usage().memory()).isInstanceOf(Reading.Unavailable.class);
        job.gone(0);
        assertThat(end(execution).usage().peakMemory()).isEmpty();
    }

    @Test
    void usageIsTakenOverAfterTheWallClockWasSetBack() throws Exception {
        Execution execution = run();
        WildEngine.Job job = running(execution);
        job.context.usage(usage(clock.instant()));
        clock.advance(Duration.ofHours(-1));

        job.context.usage(
                figures(clock.instant()).memory(ByteSize.ofMebibytes(200)).build());

        assertThat(row(execution).usage().memory().value()).contains(ByteSize.ofMebibytes(200));
        job.gone(0);
        end(execution);
    }

    // States.

    @Test
    void whatIsToldOutOfOrderOrAfterTheEndChangesNoRecord() throws Exception {
        Execution execution = run();
        WildEngine.Job job = engine.next();
        LaunchContext context = job.context;
        context.contactRestored();
        context.progress(Progress.of(2, 3));
        context.restarted(null);
        context.contactLost(null);
        context.contactLost("a");
        context.contactLost("b");
        context.running();
        context.running();
        context.contactRestored();
        context.waiting("again");
        context.waiting(null);
        Eventually.until(
                "its handle is kept", () -> KeptRuns.of(execution.id(), root).isPresent());
        context.running();
        context.progress(Progress.of(1, 3));
        context.output("stdout", 1, "the last line");
        context.contactLost("c");
        job.gone(0);
        ExecutionRecord record = end(execution);
        assertThat(record.state()).isEqualTo(ExecutionState.COMPLETED);

        context.running();
        context.waiting("late");
        context.contactLost("late");
        context.contactRestored();
        context.restarted("late");
        context.progress(Progress.of(3, 3));
        context.output("stdout", 1, "late");
        context.usage(figures(clock.instant()).cpuTime(CpuTime.ofNanos(1)).build());
        assertThat(catchThrowable(() -> context.keep(1, Map.of("late", "x")))).isInstanceOf(IOException.class);
        job.completion.obtrudeValue(job.report(1));

        assertThat(execution.record()).isEqualTo(record);
        assertThat(guard.history().flush(Duration.ofSeconds(30))).isTrue();
        assertThat(guard.history().execution(execution.id())).contains(record);
        assertThat(events.states(execution.id()).stream().filter(ExecutionState::isEnd))
                .hasSize(1);
    }

    @Test
    void aFloodOfOutputHoldsUpNoOtherExecution() throws Exception {
        int many = 100_000;
        Execution execution = run();
        WildEngine.Job job = running(execution);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < many; i++) {
            job.context.output("stdout", 1, "line " + i);
            lines.append("line ").append(i).append('\n');
        }
        job.context.output("stderr", 1, lines.toString());
        assertThat(execution.progress().lastLine()).contains("line " + (many - 1));
        job.context.output("stderr", 1, "x".repeat(10_000_000));
        assertThat(execution.progress().lastLine().orElseThrow()).hasSizeLessThan(1_000);
        job.context.waiting("y".repeat(1_000_000));
        assertThat(execution.record().lifecycle().message().orElseThrow()).hasSizeLessThan(3_000);
        for (int i = 0; i < many; i++) {
            job.context.progress(Progress.of(i % 7, 7));
        }
        job.gone(0);

        assertThat(end(execution).state()).isEqualTo(ExecutionState.COMPLETED);
        Execution next = run();
        engine.next().gone(0);
        assertThat(end(next).state()).isEqualTo(ExecutionState.COMPLETED);
    }

    // Finding again.

    private void assertThatItIsLookedForUntilItIsFound(WildEngine.Launching launching, WildEngine.Recovering recovering)
            throws Exception {
        engine.launching = launching;
        engine.recovering = recovering;
        Execution execution = run();
        engine.next();
        Eventually.until("it cannot be seen", () -> execution.state() == ExecutionState.CONTACT_LOST);
        assertThat(execution.record().lifecycle().message().orElseThrow())
                .contains("on purpose")
                .contains("tried again");
        for (int i = 0; i < 3; i++) {
            Eventually.until("it is looked for", () -> {
                clock.advance(Duration.ofMinutes(1));
                return engine.isLookedFor();
            });
        }
        assertThat(execution.state().isEnd()).isFalse();
        BlockingQueue<WildEngine.Job> recovered = new LinkedBlockingQueue<>();
        engine.recovering = (handle, usual) -> {
            recovered.add(usual);
            return Optional.of(usual);
        };
        Eventually.until("it is found", () -> {
            clock.advance(Duration.ofMinutes(1));
            return !recovered.isEmpty();
        });
        WildEngine.Job found = recovered.remove();
        found.context.running();
        until(execution, ExecutionState.RUNNING);
        found.gone(0);
        assertThat(end(execution).state()).isEqualTo(ExecutionState.COMPLETED);
        assertThat(told(Fault.THREW)).contains("on purpose");
    }

    @Test
    void anExecutorThatBreaksAtEveryCallLosesNoRecord() throws Exception {
        assertThatItIsLookedForUntilItIsFound(
                usual -> {
                    usual.kept();
                    throw new IllegalStateException("on purpose");
                },
                (handle, usual) -> {
                    throw new IllegalStateException("on purpose");
                });
    }

    @Test
    void aCompletionThatFailsSaysNothingOfTheEngineWhichIsAskedAgain() throws Exception {
        assertThatItIsLookedForUntilItIsFound(
                usual -> {
                    usual.kept().completion.completeExceptionally(new IllegalStateException("on purpose"));
                    return usual;
                },
                (handle, usual) -> {
                    usual.completion.completeExceptionally(new IllegalStateException("on purpose"));
                    return Optional.of(usual);
                });
    }

    @Test
    void whatIsFoundAgainMustBeTheSameExecution() throws Exception {
        Execution first = run();
        WildEngine.Job firstJob = running(first);
        engine.launching = usual -> {
            usual.kept();
            throw new IllegalStateException("on purpose");
        };
        engine.recovering = (handle, usual) -> Optional.of(firstJob);
        Execution second = run();
        engine.next();
        assertThat(told(Fault.INVALID_ANSWER)).contains("another execution's");
        until(second, ExecutionState.CONTACT_LOST);

        engine.recovering = (handle, usual) -> Optional.of(usual.gone());
        Eventually.until("the second is found", () -> {
            clock.advance(Duration.ofMinutes(1));
            return second.state().isEnd();
        });
        assertThat(end(second).state()).isEqualTo(ExecutionState.COMPLETED);
        // Ended last: what was launched for an ended execution may be taken for another one.
        assertThat(first.state()).isEqualTo(ExecutionState.RUNNING);
        firstJob.gone(0);
        assertThat(end(first).state()).isEqualTo(ExecutionState.COMPLETED);
    }

    // Faults of nbguard's own.

    private void awaitLostContact(Execution execution) {
        Eventually.until(
                "nbguard has lost contact",
                () -> execution.state() == ExecutionState.CONTACT_LOST
                        && execution.record().lifecycle().message().orElse("").startsWith("nbguard cannot find out"));
        assertThat(execution.record().lifecycle().message().orElseThrow())
                .contains("on purpose")
                .contains("tried again");
        assertThat(execution.completion()).isNotDone();
    }

    @Test
    void aFaultOfTheRunItselfLosesContactForAPauseAndNoRecord() throws Exception {
        Execution execution = run();
        WildEngine.Job job = running(execution);
        // The pause lasts until it was seen.
        clock.stop();
        clock.failOn(RUN, 1);
        job.context.progress(Progress.of(1, 3));

        awaitLostContact(execution);
        clock.goOn();
        Eventually.until("it is followed again", () -> execution.state() == ExecutionState.RUNNING);
        assertThat(engine.isLookedFor()).as("its executor has it all the time").isFalse();
        job.gone(0);
        assertThat(end(execution).state()).isEqualTo(ExecutionState.COMPLETED);
    }

    @Test
    void aFaultOfTheRunDuringTheLaunchStartsNothingTwice() throws Exception {
        CountDownLatch launch = new CountDownLatch(1);
        engine.launching = usual -> {
            usual.kept();
            launch.await();
            return usual;
        };
        Execution execution = run();
        WildEngine.Job job = engine.next();
        Eventually.until(
                "its handle is kept", () -> KeptRuns.of(execution.id(), root).isPresent());
        // The pause lasts until it was seen.
        clock.stop();
        clock.failOn(RUN, 1);
        job.context.progress(Progress.of(1, 3));

        awaitLostContact(execution);
        clock.goOn();
        Eventually.until("it is followed again", () -> execution.state() == ExecutionState.LAUNCHING);
        launch.countDown();
        job.context.running();
        until(execution, ExecutionState.RUNNING);
        assertThat(engine.isLookedFor()).isFalse();
        job.gone(0);
        assertThat(end(execution).state()).isEqualTo(ExecutionState.COMPLETED);
    }

    @Test
    void aStopReachesTheEngineOnceThereAreThreadsAgain() throws Exception {
        Execution execution = run();
        running(execution);
        runsGetNoThread = true;
        execution.stop(StopMode.IMMEDIATE);
        Eventually.until("the stop has failed", () -> threadsRefused.get() > 0);
        assertThat(execution.state()).isEqualTo(ExecutionState.TERMINATING);

        runsGetNoThread = false;
        Eventually.until("it has ended", () -> execution.state().isEnd());
        assertThat(end(execution).outcome().reason()).contains(EndReason.USER_STOP);
    }

    @Test
    void withoutAThreadItIsLookedForLater() throws Exception {
        Execution execution = run();
        WildEngine.Job job = running(execution);
        runsGetNoThread = true;
        job.completion.completeExceptionally(new IllegalStateException("broken"));
        Eventually.until("it could not be looked for", () -> threadsRefused.get() > 0);

        awaitLostContact(execution);
        engine.recovering = (handle, usual) -> Optional.of(usual.gone());
        runsGetNoThread = false;
        Eventually.until("it is found", () -> execution.state().isEnd());
        assertThat(end(execution).state()).isEqualTo(ExecutionState.COMPLETED);
    }

    @Test
    void whatTheRunCannotFollowAnyMoreIsLeftToTheNextGuard() throws Exception {
        Execution execution = run();
        WildEngine.Job job = running(execution);
        // The second one where the first is handled.
        clock.failOn(RUN, 2);
        job.context.progress(Progress.of(1, 3));

        until(execution, ExecutionState.CONTACT_LOST);
        assertThat(execution.record().lifecycle().message().orElseThrow())
                .contains("on purpose")
                .contains("does not follow it any more")
                .contains("the next one with this history");
        assertThat(execution.completion()).isNotDone();
        guard.close();

        assertThat(end(execution).state().isEnd()).isFalse();
        assertThat(KeptRuns.isGivenBack(
                        execution.id(), root, FolderOwner.current().orElseThrow()))
                .isTrue();
    }

    @Test
    @Timeout(120)
    void aGuardThatWaitsForItsExecutionsDoesNotWaitForOneThatItCannotFollow() throws Exception {
        guard.close();
        guard = builder().lifecycle(l -> l.onClose(CloseAction.WAIT)).build();
        Execution execution = run();
        WildEngine.Job job = running(execution);
        clock.failOn(RUN, 2);
        job.context.progress(Progress.of(1, 3));
        until(execution, ExecutionState.CONTACT_LOST);

        guard.close();

        assertThat(end(execution).state().isEnd()).isFalse();
        assertThat(KeptRuns.isGivenBack(
                        execution.id(), root, FolderOwner.current().orElseThrow()))
                .isTrue();
    }

    @Test
    void aTimeoutThatFailsOnceIsMadeUpFor() throws Exception {
        Execution execution = guard.run(
                ExecutionRequest.of("a.ipynb").timeout(Duration.ofHours(1)).build());
        WildEngine.Job job = running(execution);
        engine.stopping = (stopped, force) -> stopped.gone(137);
        clock.failAtTheTimeOfDayOn(RUN, 1);
        clock.advance(Duration.ofHours(2));
        // Its run looks at the time again.
        job.context.progress(Progress.of(1, 3));

        assertThat(end(execution).outcome().reason()).contains(EndReason.TIMEOUT);
        assertThat(clock.hasFailed()).isTrue();
    }

    @Test
    void aFaultWhileItsExecutorHasLostContactRestoresNone() throws Exception {
        Execution execution = run();
        WildEngine.Job job = engine.next();
        Eventually.until(
                "its handle is kept", () -> KeptRuns.of(execution.id(), root).isPresent());
        job.context.contactLost("no route to the engine");
        until(execution, ExecutionState.CONTACT_LOST);
        clock.failOn(RUN, 1);
        job.context.progress(Progress.of(1, 3));

        Eventually.until("the run has failed", clock::hasFailed);
        job.gone(0);

        assertThat(end(execution).state()).isEqualTo(ExecutionState.COMPLETED);
        Eventually.until(
                "its end is published", () -> events.states(execution.id()).contains(ExecutionState.COMPLETED));
        assertThat(events.of(GuardEvent.ExecutionChanged.class).stream()
                        .filter(event -> event.record().state() == ExecutionState.CONTACT_LOST)
                        .flatMap(event -> event.record().lifecycle().message().stream()))
                .containsExactly("no route to the engine");
        assertThat(engine.isLookedFor()).isFalse();
    }

    @Test
    void aSessionThatFailsToCloseHoldsUpNoGuard() throws Exception {
        Execution execution = run();
        running(execution);
        engine.closing = () -> {
            throw new IllegalStateException("on purpose");
        };

        guard.close();

        assertThat(end(execution).outcome().reason()).contains(EndReason.GUARD_CLOSED);
    }
}
