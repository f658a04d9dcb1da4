package io.nbguard.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.event.GuardEvent.PluginMisbehaved.Fault;
import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.EngineReport;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.execution.StopMode;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.CpuTime;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.schedule.ScheduleSpec;
import io.nbguard.core.fixture.Eventually;
import io.nbguard.core.fixture.HastyClock;
import io.nbguard.core.fixture.RecordedEvents;
import io.nbguard.core.fixture.WildEngine;
import io.nbguard.core.recovery.KeptRuns;
import io.nbguard.spi.executor.ExitReport;
import io.nbguard.spi.executor.StopAnswer;
import io.nbguard.spi.executor.UsageReport;
import io.nbguard.testkit.FolderEngine;
import io.nbguard.testkit.FolderExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An executor of an engine that reports what cannot be meant: it is unknown, or cut, and the executor is named. */
@Timeout(120)
class EngineNonsenseTest {

    /** So long may a text of a plugin be, with what is said around it. */
    private static final int LONGEST = 3_000;

    private static final String HUGE = "x".repeat(1_000_000);

    @TempDir
    private Path root;

    private final HastyClock clock = new HastyClock();
    private final RecordedEvents events = new RecordedEvents();
    private final WildEngine engine = new WildEngine();
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
                .listener(events)
                .clock(clock)
                .plugins(p -> p.classLoader(ClassLoader.getPlatformClassLoader()))
                .executor(engine);
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

    private WildEngine.Job running(Execution execution) throws Exception {
        WildEngine.Job job = engine.next();
        Eventually.until(
                "its handle is kept", () -> KeptRuns.of(execution.id(), root).isPresent());
        job.context.running();
        Eventually.until("it runs", () -> execution.state() == ExecutionState.RUNNING);
        return job;
    }

    private String told(Fault fault) {
        Eventually.until("the fault " + fault + " is told", () -> events.of(GuardEvent.PluginMisbehaved.class).stream()
                .anyMatch(event -> event.fault() == fault));
        return events.of(GuardEvent.PluginMisbehaved.class).stream()
                .filter(event -> event.fault() == fault)
                .findFirst()
                .orElseThrow()
                .message();
    }

    private void assertThatNothingIsLong() {
        for (GuardEvent event : events.all) {
            assertThat(event.message().length()).as(event.type().toString()).isLessThan(LONGEST);
        }
    }

    // The report on the end.

    @ParameterizedTest
    @ValueSource(
            strings = {"+1000000000-12-31T23:59:59.999999999Z", "-1000000000-01-01T00:00:00Z", "2001-01-01T00:00:00Z"})
    void anEndThatCannotBeIsDatedByTheGuard(String when) throws Exception {
        Instant before = clock.instant();
        Execution execution = run();
        WildEngine.Job job = running(execution);

        job.completion.complete(ExitReport.exited(0).at(Instant.parse(when)).build());

        ExecutionRecord record = end(execution);
        assertThat(record.state()).isEqualTo(ExecutionState.COMPLETED);
        assertThat(record.lifecycle().endedAt().orElseThrow()).isBetween(before, clock.instant());
        assertThat(told(Fault.INVALID_ANSWER)).contains("it reports an end").contains("clock");
    }

    @Test
    void anEndThatIsEarlierThanNowStands() throws Exception {
        Execution execution = run();
        WildEngine.Job job = running(execution);
        Instant ended = execution.record().lifecycle().startedAt().orElseThrow();

        job.completion.complete(ExitReport.exited(0).at(ended).build());

        assertThat(end(execution).lifecycle().endedAt()).contains(ended);
        assertThat(events.of(GuardEvent.PluginMisbehaved.class)).isEmpty();
    }

    @Test
    void whatAnEngineKnowsOfTheEndIsCutAndCleaned() throws Exception {
        Execution execution = run();
        WildEngine.Job job = running(execution);

        ExitReport.Builder report = ExitReport.exited(1)
                .failure(EndReason.CELL_ERROR)
                .error(HUGE)
                .cpuTime(CpuTime.ofNanos(Long.MAX_VALUE))
                .engine(new EngineReport(
                        HUGE,
                        Optional.of(HUGE),
                        Optional.of(EngineReport.End.NODE_LOST),
                        Optional.of(HUGE),
                        Optional.of(Instant.MAX),
                        -7,
                        Optional.of(ByteSize.ofBytes(Long.MAX_VALUE)),
                        OptionalInt.empty()));
        Collections.nCopies(10_000, "remark " + "y".repeat(10_000)).forEach(report::remark);
        job.completion.complete(report.build());

        ExecutionRecord record = end(execution);
        assertThat(record.toString().length()).isLessThan(12 * LONGEST);
        EngineReport engineSaid = record.outcome().engine().orElseThrow();
        assertThat(engineSaid.startedAt()).isEmpty();
        assertThat(engineSaid.restarts()).isZero();
        assertThat(record.outcome().reason()).contains(EndReason.NODE_LOST);
        assertThat(told(Fault.INVALID_ANSWER)).contains("it reports");
    }

    @Test
    void partsOfAnEnginesReportThatAreNullAreUnknown() throws Exception {
        Execution execution = run();
        WildEngine.Job job = running(execution);

        job.completion.complete(ExitReport.exited(0)
                .engine(new EngineReport(null, null, null, null, null, 0, null, null))
                .build());

        ExecutionRecord record = end(execution);
        assertThat(record.state()).isEqualTo(ExecutionState.COMPLETED);
        assertThat(record.outcome().engine().orElseThrow().node()).isEmpty();
        assertThat(told(Fault.INVALID_ANSWER)).contains("null");
    }

    // What it says while it runs.

    @Test
    void progressIsCutAndPartsOfItThatAreNullAreUnknown() throws Exception {
        Execution execution = run();
        WildEngine.Job job = running(execution);

        job.context.progress(new Progress(1, OptionalInt.of(3), Optional.of(HUGE)));
        assertThat(execution.progress().lastLine().orElseThrow()).hasSizeLessThan(LONGEST);
        assertThat(catchThrowable(() -> job.context.progress(new Progress(2, null, null))))
                .isNull();
        assertThat(told(Fault.INVALID_ANSWER)).contains("its last report stands");
        assertThat(execution.progress().cellsDone()).isOne();
        job.gone(0);
        end(execution);
    }

    @Test
    void whatALaunchIsRefusedForIsCut() throws Exception {
        engine.launching = job -> {
            throw new GuardException(ErrorCode.ENVIRONMENT, HUGE);
        };
        ExecutionRecord record = end(run());

        assertThat(record.outcome().reason()).contains(EndReason.START_FAILED);
        assertThat(record.toString().length()).isLessThan(3 * LONGEST);
    }

    @Test
    void whatIsThrownIsCut() throws Exception {
        engine.launching = job -> {
            throw new IllegalStateException(HUGE);
        };
        ExecutionRecord record = end(run());

        assertThat(record.toString().length()).isLessThan(3 * LONGEST);
        told(Fault.THREW);
        assertThatNothingIsLong();
    }

    @Test
    void whyAStopIsRefusedIsCut() throws Exception {
        engine.stopping = (job, force) -> CompletableFuture.completedFuture(StopAnswer.refused(HUGE));
        Execution execution = run();
        WildEngine.Job job = running(execution);
        execution.stop(StopMode.IMMEDIATE);
        Eventually.until(
                "it is told", () -> !events.of(GuardEvent.ExecutionNote.class).isEmpty());
        job.gone(137);
        end(execution);

        assertThatNothingIsLong();
    }

    @Test
    void whyARequestIsRefusedIsCut() {
        engine.checking = () -> {
            throw new GuardException(ErrorCode.INVALID_REQUEST, HUGE);
        };
        assertThat(catchThrowable(this::run))
                .hasMessageStartingWith("xxx")
                .message()
                .hasSizeLessThan(LONGEST);
        engine.checking = () -> {
            throw new IllegalStateException(HUGE);
        };
        assertThat(catchThrowable(this::run))
                .hasMessageContaining("broke")
                .message()
                .hasSizeLessThan(LONGEST);
    }

    @Test
    void theLargestUsageOverflowsNothing() throws Exception {
        Execution execution = run();
        WildEngine.Job job = running(execution);
        for (long bytes : new long[] {Long.MAX_VALUE, 0, Long.MAX_VALUE, 1}) {
            int points = guard.history().usage(execution.id(), 100).size();
            job.context.usage(UsageReport.at(clock.instant(), WildEngine.NAME)
                    .memory(ByteSize.ofBytes(bytes))
                    .peakMemory(ByteSize.ofBytes(bytes))
                    .memoryLimit(ByteSize.ofBytes(bytes))
                    .cpuTime(CpuTime.ofNanos(bytes))
                    .cores(Double.MAX_VALUE)
                    .build());
            Eventually.until("a point is recorded", () -> {
                clock.advance(Duration.ofSeconds(1));
                return guard.history().usage(execution.id(), 100).size() > points;
            });
        }
        job.gone(0);
        assertThat(end(execution).state()).isEqualTo(ExecutionState.COMPLETED);
        for (int most : new int[] {100, 2}) {
            assertThat(guard.history().usage(execution.id(), most)).isNotEmpty().allSatisfy(point -> {
                assertThat(point.memory().orElseThrow().mean().bytes()).isNotNegative();
                assertThat(point.memory().orElseThrow().peak().bytes()).isNotNegative();
                assertThat(point.cores().orElseThrow().mean()).isNotNegative().isFinite();
                assertThat(point.cores().orElseThrow().peak()).isEqualTo(Double.MAX_VALUE);
            });
        }
    }

    @Test
    void anExecutorThatDoesNotReturnFromACheckHoldsUpNoScheduleOfAnother() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch asked = new CountDownLatch(1);
        engine.checking = () -> {
            asked.countDown();
            // Heeds no interrupt.
            boolean waits = true;
            while (waits) {
                try {
                    never.await();
                    waits = false;
                } catch (InterruptedException e) {
                    waits = true;
                }
            }
        };
        guard.close();
        FolderEngine other = new FolderEngine(root.resolve("engine"));
        guard = builder()
                // Triggers are plugins too.
                .plugins(p -> p.classLoader(getClass().getClassLoader()))
                .executor(new FolderExecutor(other))
                .executorForTag("wild", WildEngine.NAME)
                .executorForTag("tame", "folder-engine")
                .build();
        guard.schedules()
                .add(ScheduleSpec.every(
                                Duration.ofSeconds(1),
                                ExecutionRequest.of("a.ipynb").tag("wild").build())
                        .build());
        asked.await();
        guard.schedules()
                .add(ScheduleSpec.every(
                                Duration.ofSeconds(1),
                                ExecutionRequest.of("a.ipynb").tag("tame").build())
                        .build());

        Eventually.until("the other schedule fires", () -> !other.jobs().isEmpty());
        assertThat(told(Fault.TOO_SLOW))
                .contains("whether its engine takes a request")
                .contains("taken without");
        assertThat(engine.next()).as("taken without its answer").isNotNull();
        guard.executions().forEach(execution -> execution.stop(StopMode.IMMEDIATE));
        other.jobs().forEach(job -> other.ends(job, 137));
        never.countDown();
        guard.close();
    }
}
