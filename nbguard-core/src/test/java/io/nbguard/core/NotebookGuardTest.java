package io.nbguard.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardClock;
import io.nbguard.api.GuardException;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.execution.StopMode;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.resource.DeviceSnapshot;
import io.nbguard.api.resource.ResourceSpec;
import io.nbguard.api.watchdog.MemoryRung;
import io.nbguard.core.assembly.LocalMachine;
import io.nbguard.core.assembly.OpenParts;
import io.nbguard.core.fixture.Eventually;
import io.nbguard.core.fixture.FakeGroup;
import io.nbguard.core.fixture.FakeProbe;
import io.nbguard.core.fixture.FakeTracker;
import io.nbguard.core.fixture.HastyClock;
import io.nbguard.core.fixture.RecordedEvents;
import io.nbguard.core.fixture.ScriptedExecutor;
import io.nbguard.core.fixture.ScriptedRun;
import io.nbguard.core.measure.OpenProbe;
import io.nbguard.spi.device.DeviceProbe;
import io.nbguard.spi.process.FreezeReason;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.example.plugins.OneGpu;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The facade over executors, processes and a node that exist in the test only. */
@Timeout(120)
class NotebookGuardTest {

    @TempDir
    private Path root;

    private final ScriptedExecutor executor = new ScriptedExecutor();
    private final FakeTracker tracker = new FakeTracker();
    private final FakeProbe probe = new FakeProbe();
    private final RecordedEvents events = new RecordedEvents();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private NotebookGuard guard;

    @BeforeEach
    void makeNotebooks() throws IOException {
        Files.createDirectories(root.resolve("notebooks/sub"));
        Files.createDirectories(root.resolve("tmp"));
        for (String name : List.of("a.ipynb", "b.ipynb", "c.ipynb", "sub/hog.ipynb")) {
            Files.writeString(root.resolve("notebooks").resolve(name), "{}");
        }
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        if (guard != null) {
            guard.close();
        }
        assertThat(root.resolve("tmp")).isEmptyDirectory();
        assertThat(probe.closed && tracker.closed || guard == null).isTrue();
        Eventually.until("every thread of the guard has ended: " + threads, () -> threads.stream()
                .noneMatch(Thread::isAlive));
    }

    @Test
    void aNotebookRunsFromQueuedToCompleted() throws Exception {
        open();
        Execution execution = run("a.ipynb");
        ScriptedRun run = executor.next().runs();
        run.context.progress(Progress.of(1, 3));
        Eventually.until("progress is seen", () -> execution.progress().cellsDone() == 1);
        run.exitsWithOutput(0, "executed");

        ExecutionRecord record = end(execution);

        assertThat(record.state()).isEqualTo(ExecutionState.COMPLETED);
        assertThat(record.outcome().reason()).isEmpty();
        assertThat(record.outcome().exitCode()).hasValue(0);
        assertThat(record.outcome().output().orElseThrow())
                .hasContent("executed")
                .hasParentRaw(root.resolve("runs"));
        assertThat(record.outcome().output().orElseThrow().getFileName().toString())
                .matches("a_exec_\\d{8}T\\d{6}Z_" + record.id().shortForm() + "\\.ipynb");
        assertThat(record.lifecycle().startedAt()).isPresent();
        assertThat(record.lifecycle().endedAt()).isPresent();
        guard.close();
        assertThat(events.states(record.id()))
                .containsExactly(
                        ExecutionState.QUEUED,
                        ExecutionState.ADMITTED,
                        ExecutionState.LAUNCHING,
                        ExecutionState.RUNNING,
                        ExecutionState.COMPLETED);
        assertThat(run.group.closed).isTrue();
    }

    @Test
    void theFoldersOfALaunchArePrivateAndGoneAfterwards() throws Exception {
        open();
        Execution execution = run("a.ipynb");
        ScriptedRun run = executor.next().runs();
        Path temporary = run.context.temporaryDirectory();
        Path staging = run.context.stagingDirectory();

        assertThat(temporary).isEqualTo(root.resolve("tmp/nbguard-" + execution.id()));
        assertThat(staging).isEqualTo(root.resolve("runs/.nbguard-" + execution.id()));
        for (Path folder : List.of(temporary, staging)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                    .isEqualTo("rwx------");
        }
        assertThat(run.context.notebook())
                .isEqualTo(root.resolve("notebooks/a.ipynb").toRealPath());
        Files.writeString(temporary.resolve("kernel.json"), "key");
        run.exits(0, Optional.empty());
        end(execution);

        assertThat(temporary).doesNotExist();
        assertThat(staging).doesNotExist();
    }

    @Test
    void aFailedCellIsAFailureWithItsPartialOutputKept() throws Exception {
        open();
        Execution execution = run("a.ipynb");
        executor.next().runs().exitsWithOutput(1, "partial");

        ExecutionRecord record = end(execution);

        assertThat(record.state()).isEqualTo(ExecutionState.FAILED);
        assertThat(record.outcome().reason()).contains(EndReason.CELL_ERROR);
        assertThat(record.outcome().output().orElseThrow()).hasContent("partial");
    }

    @Test
    void whatALaunchRefusesHasFailedToStart() throws Exception {
        executor.script = (request, context, usual) -> {
            usual.group.alive = 0;
            throw new GuardException(ErrorCode.ENVIRONMENT, "no kernel named 'julia'");
        };
        open();

        ExecutionRecord record = end(run("a.ipynb"));

        assertThat(record.state()).isEqualTo(ExecutionState.FAILED);
        assertThat(record.outcome().reason()).contains(EndReason.START_FAILED);
        assertThat(record.outcome().error()).contains("no kernel named 'julia'");
        assertThat(record.lifecycle().message()).contains("It could not be started: no kernel named 'julia'");
    }

    @Test
    void whereNoPlaceForItsProcessesCanBeMadeItHasFailedToStart() throws Exception {
        open();
        tracker.refusal = new GuardException(ErrorCode.ENVIRONMENT, "no cgroup can be made: pids.max is reached");

        ExecutionRecord record = end(run("a.ipynb"));

        assertThat(record.outcome().reason()).contains(EndReason.START_FAILED);
        assertThat(record.lifecycle().message())
                .contains("It could not be started: no cgroup can be made: pids.max is reached");
        assertThat(executor.launches).hasValue(0);
        tracker.refusal = null;
        Execution next = run("a.ipynb");
        executor.next().runs().exits(0, Optional.empty());
        assertThat(end(next).state()).isEqualTo(ExecutionState.COMPLETED);
    }

    @Test
    void anExecutorThatBreaksHarmsNoOtherExecution() throws Exception {
        executor.script = (request, context, usual) -> {
            usual.group.alive = 0;
            throw new NoClassDefFoundError("com/example/Missing");
        };
        open();
        assertThat(end(run("a.ipynb")).outcome().reason()).contains(EndReason.START_FAILED);

        executor.script = (request, context, usual) -> null;
        assertThat(end(run("a.ipynb")).outcome().reason()).contains(EndReason.START_FAILED);

        executor.script = (request, context, usual) -> usual;
        executor.next();
        executor.next();
        Execution broken = run("b.ipynb");
        executor.next().runs().breaks(new IllegalStateException("on purpose"));
        assertThat(end(broken).state()).isEqualTo(ExecutionState.LOST);

        Execution fine = run("c.ipynb");
        executor.next().runs().exits(0, Optional.empty());
        assertThat(end(fine).state()).isEqualTo(ExecutionState.COMPLETED);
    }

    @Test
    void whatARunLeavesAliveIsKilledBeforeItsCompletion() throws Exception {
        open();
        Execution execution = run("a.ipynb");
        ScriptedRun run = executor.next().runs();
        run.exitsLeavingProcesses();

        ExecutionRecord record = end(execution);

        assertThat(record.state()).isEqualTo(ExecutionState.COMPLETED);
        assertThat(run.group.alive).isZero();
    }

    @Test
    void anImmediateStopKillsTheTree() throws Exception {
        open();
        Execution execution = run("a.ipynb");
        ScriptedRun run = executor.next().runs();
        run.writes("partial");

        ExecutionRecord record = execution.stop(StopMode.IMMEDIATE).get(20, TimeUnit.SECONDS);

        assertThat(record.state()).isEqualTo(ExecutionState.KILLED);
        assertThat(record.outcome().reason()).contains(EndReason.USER_STOP);
        assertThat(run.log).doesNotContain("interrupt", "terminate").contains("died");
        assertThat(run.group.alive).isZero();
    }

    @Test
    void aGracefulStopClimbsTheLadder() throws Exception {
        open(builder().lifecycle(l -> l.stopGrace(Duration.ofMillis(30))));
        Execution execution = run("a.ipynb");
        ScriptedRun run = executor.next().runs().awaited();

        ExecutionRecord record = execution.stop(StopMode.GRACEFUL).get(20, TimeUnit.SECONDS);

        assertThat(record.outcome().reason()).contains(EndReason.USER_STOP);
        assertThat(run.log).startsWith("interrupt", "terminate", "died", "kill");
    }

    @Test
    void aGracefulStopThatIsHeededGoesNoFurther() throws Exception {
        open(builder().lifecycle(l -> l.stopGrace(Duration.ofMinutes(10))));
        Execution execution = run("a.ipynb");
        ScriptedRun run = executor.next().runs();
        run.endsAtInterrupt = true;

        ExecutionRecord record = execution.stop(StopMode.GRACEFUL).get(20, TimeUnit.SECONDS);

        assertThat(record.outcome().reason()).contains(EndReason.USER_STOP);
        assertThat(run.log).containsExactly("interrupt");
    }

    @Test
    void aGracefulStopOfAPausedExecutionLetsItGoOnFirst() throws Exception {
        open(builder().lifecycle(l -> l.stopGrace(Duration.ofMinutes(10))));
        Execution execution = run("a.ipynb");
        ScriptedRun run = executor.next().runs();
        run.endsAtInterrupt = true;
        run.group.freeze(FreezeReason.USER);
        run.group.freeze(FreezeReason.EXECUTOR);

        ExecutionRecord record = execution.stop(StopMode.GRACEFUL).get(20, TimeUnit.SECONDS);

        assertThat(record.outcome().reason()).contains(EndReason.USER_STOP);
        assertThat(run.log).containsExactly("interrupt");
        assertThat(run.group.frozenBy()).isEmpty();
        guard.close();
        assertThat(events.of(GuardEvent.ExecutionNote.class)).singleElement().satisfies(note -> assertThat(
                        note.message())
                .isEqualTo("it was paused, and goes on so that it can handle the request to end"));
    }

    @Test
    void aTimeoutOfAPausedExecutionLetsItGoOnFirst() throws Exception {
        open(builder().lifecycle(l -> l.stopGrace(Duration.ofMinutes(10))));
        // Before the launch returns, so that no time-out overtakes the pause.
        executor.script = (request, context, usual) -> {
            usual.group.freeze(FreezeReason.USER);
            return usual;
        };
        Execution execution = guard.run(
                ExecutionRequest.of("a.ipynb").timeout(Duration.ofMillis(50)).build());
        ScriptedRun run = executor.next().runs();

        assertThat(end(execution).outcome().reason()).contains(EndReason.TIMEOUT);

        assertThat(run.log).startsWith("interrupt", "died");
    }

    @Test
    void anImmediateStopEndsAPausedExecutionWhereItStands() throws Exception {
        open();
        Execution execution = run("a.ipynb");
        ScriptedRun run = executor.next().runs();
        run.group.freeze(FreezeReason.USER);

        ExecutionRecord record = execution.stop(StopMode.IMMEDIATE).get(20, TimeUnit.SECONDS);

        assertThat(record.outcome().reason()).contains(EndReason.USER_STOP);
        assertThat(run.group.log).doesNotContain("thaw USER").contains("kill");
        assertThat(run.log).contains("died");
    }

    @Test
    void anImmediateStopHastensAGracefulOne() throws Exception {
        open(builder().lifecycle(l -> l.stopGrace(Duration.ofMinutes(10))));
        Execution execution = run("a.ipynb");
        ScriptedRun run = executor.next().runs();
        execution.stop(StopMode.GRACEFUL);
        Eventually.until("it is interrupted", () -> run.log.contains("interrupt"));

        execution.stop(StopMode.IMMEDIATE).get(20, TimeUnit.SECONDS);

        assertThat(run.log).doesNotContain("terminate");
    }

    @Test
    void aTimeoutInterruptsAndThenKills() throws Exception {
        HastyClock clock = new HastyClock();
        open(builder().clock(clock).lifecycle(l -> l.stopGrace(Duration.ofMillis(30))));
        Execution execution = guard.run(
                ExecutionRequest.of("a.ipynb").timeout(Duration.ofMinutes(10)).build());
        ScriptedRun run = executor.next().runs().awaited();
        clock.advance(Duration.ofMinutes(10));
        // Has the run look at the clock, which it does not know to have been put forward.
        run.context.progress(Progress.of(1, 3));

        ExecutionRecord record = end(execution);

        assertThat(record.state()).isEqualTo(ExecutionState.KILLED);
        assertThat(record.outcome().reason()).contains(EndReason.TIMEOUT);
        assertThat(record.lifecycle().message()).contains("Timed out: ran longer than 10m");
        assertThat(run.log).startsWith("interrupt", "died", "kill");
    }

    @Test
    void aTimeoutCountsTheLaunch() throws Exception {
        executor.script = (request, context, usual) -> {
            usual.group.alive = 0;
            new CountDownLatch(1).await();
            return usual;
        };
        open();
        Execution execution = guard.run(
                ExecutionRequest.of("a.ipynb").timeout(Duration.ofMillis(50)).build());

        assertThat(end(execution).outcome().reason()).contains(EndReason.TIMEOUT);
    }

    @Test
    void aStopDuringTheLaunchInterruptsIt() throws Exception {
        CountDownLatch launching = new CountDownLatch(1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        executor.script = (request, context, usual) -> {
            usual.group.alive = 0;
            launching.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                thrown.set(e);
                throw e;
            }
            return usual;
        };
        open();
        Execution execution = run("a.ipynb");
        launching.await();

        ExecutionRecord record = execution.stop(StopMode.IMMEDIATE).get(20, TimeUnit.SECONDS);

        assertThat(record.outcome().reason()).contains(EndReason.USER_STOP);
        assertThat(record.state()).isEqualTo(ExecutionState.KILLED);
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    }

    @Test
    void aLaunchThatSucceedsAfterAStopIsKilledAllTheSame() throws Exception {
        CountDownLatch launching = new CountDownLatch(1);
        executor.script = (request, context, usual) -> {
            launching.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException deafToIt) {
                usual.group.alive = 1;
            }
            return usual;
        };
        open();
        Execution execution = run("a.ipynb");
        launching.await();

        ExecutionRecord record = execution.stop(StopMode.IMMEDIATE).get(20, TimeUnit.SECONDS);

        assertThat(record.outcome().reason()).contains(EndReason.USER_STOP);
        assertThat(executor.next().group.alive).isZero();
    }

    @Test
    void anExecutorThatDoesNotReturnFromItsLaunchIsGivenUpAndWhatItStartsLateIsKilled() throws Exception {
        CountDownLatch launching = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        executor.script = (request, context, usual) -> {
            usual.group.alive = 0;
            launching.countDown();
            while (release.getCount() > 0) {
                try {
                    release.await();
                } catch (InterruptedException deafToIt) {
                    usual.log.add("interrupted");
                }
            }
            usual.group.alive = 1;
            return usual;
        };
        HastyClock clock = new HastyClock();
        open(builder().clock(clock));
        Execution execution = run("a.ipynb");
        launching.await();
        ScriptedRun run = executor.next();
        CompletableFuture<ExecutionRecord> stopped = execution.stop(StopMode.IMMEDIATE);
        Eventually.until("it is interrupted", () -> run.log.contains("interrupted"));

        clock.advance(Duration.ofSeconds(31));
        ExecutionRecord record = stopped.get(20, TimeUnit.SECONDS);

        assertThat(record.outcome().reason()).contains(EndReason.USER_STOP);
        assertThat(record.lifecycle().message().orElseThrow()).contains("did not return from the launch");
        release.countDown();
        Eventually.until("what it started late is dead", () -> run.log.contains("died") && run.group.alive == 0);
        assertThat(run.log).contains("kill");
    }

    @Test
    void anExecutorThatNeverReportsIsGivenUpAndItsOutputKept() throws Exception {
        HastyClock clock = new HastyClock();
        open(builder().clock(clock));
        Execution execution = run("a.ipynb");
        ScriptedRun run = executor.next().runs();
        run.writes("partial");
        run.reportsItsDeath = false;
        CompletableFuture<ExecutionRecord> stopped = execution.stop(StopMode.IMMEDIATE);
        Eventually.until("it is killed as a run", () -> run.log.contains("kill"));

        clock.advance(Duration.ofSeconds(11));
        ExecutionRecord record = stopped.get(20, TimeUnit.SECONDS);

        assertThat(record.outcome().reason()).contains(EndReason.USER_STOP);
        assertThat(record.lifecycle().message().orElseThrow()).contains("did not report its end");
        assertThat(record.outcome().output().orElseThrow()).hasContent("partial");
    }

    @Test
    void aStopOfAQueuedExecutionStartsNothing() throws Exception {
        open(builder().maxConcurrent(1));
        Execution first = run("a.ipynb");
        ScriptedRun running = executor.next().runs();
        Execution second = run("b.ipynb");

        ExecutionRecord record = second.stop(StopMode.GRACEFUL).get(20, TimeUnit.SECONDS);

        assertThat(record.state()).isEqualTo(ExecutionState.KILLED);
        assertThat(record.outcome().reason()).contains(EndReason.USER_STOP);
        assertThat(record.lifecycle().startedAt()).isEmpty();
        running.exits(0, Optional.empty());
        end(first);
        assertThat(executor.launches).hasValue(1);
    }

    @Test
    void thoseWhoWaitAreLetInAsTheyCame() throws Exception {
        open(builder().maxConcurrent(2));
        List<Execution> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            all.add(run(List.of("a.ipynb", "b.ipynb", "c.ipynb").get(i % 3)));
        }
        List<ScriptedRun> inside = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            ScriptedRun run = executor.next().runs();
            inside.add(run);
            if (inside.size() == 2) {
                assertThat(executor.launches).hasValue(i + 1);
                inside.remove(0).exits(0, Optional.empty());
            }
        }
        inside.get(0).exits(0, Optional.empty());
        for (Execution execution : all) {
            end(execution);
        }

        guard.close();
        List<ExecutionId> admitted = events.of(GuardEvent.ExecutionChanged.class).stream()
                .filter(event -> event.record().state() == ExecutionState.ADMITTED)
                .map(event -> event.record().id())
                .toList();
        assertThat(admitted)
                .containsExactlyElementsOf(all.stream().map(Execution::id).toList());
    }

    @Test
    void nothingIsLetInWhileMemoryIsShort() throws Exception {
        open(builder().watchdog(w -> w.dryRun(true)));
        probe.used = FakeProbe.LIMIT * 88 / 100;
        Eventually.until("the rung is reached", () -> guard.snapshot().rung() == MemoryRung.STOP_ADMITTING);
        Execution execution = run("a.ipynb");
        Eventually.until("some ticks have passed", new BooleanSupplier() {
            private final long from = guard.snapshot().sequence();

            @Override
            public boolean getAsBoolean() {
                return guard.snapshot().sequence() > from + 3;
            }
        });
        assertThat(execution.state()).isEqualTo(ExecutionState.QUEUED);

        probe.used = FakeProbe.LIMIT / 10;

        executor.next().runs().exits(0, Optional.empty());
        assertThat(end(execution).state()).isEqualTo(ExecutionState.COMPLETED);
    }

    @Test
    void theHeaviestIsEndedBeforeMemoryRunsOut() throws Exception {
        open();
        Execution hog = run("sub/hog.ipynb");
        ScriptedRun hogRun = executor.next().runs();
        Execution modest = run("a.ipynb");
        ScriptedRun modestRun = executor.next().runs();
        hogRun.group.rss = FakeProbe.LIMIT / 2;
        hogRun.group.whenKilled = whenKilled(hogRun);
        Eventually.until(
                "both are measured, the hog with what it holds now", () -> guard.snapshot().executions().stream()
                        .map(seen -> seen.accounts().rss().value().orElseThrow().bytes())
                        .sorted()
                        .toList()
                        .equals(List.of(modestRun.group.rss, FakeProbe.LIMIT / 2)));

        probe.used = FakeProbe.LIMIT * 95 / 100;
        ExecutionRecord record = end(hog);

        assertThat(record.state()).isEqualTo(ExecutionState.KILLED);
        assertThat(record.outcome().reason()).contains(EndReason.WATCHDOG_MEMORY);
        assertThat(record.lifecycle().message()).contains("OOM Prevention: Terminated sub/hog.ipynb");
        assertThat(record.outcome().killScenario().orElseThrow().candidates()).hasSize(2);
        assertThat(record.usage().peakMemory()).contains(ByteSize.ofBytes(FakeProbe.LIMIT / 2));
        modestRun.exits(0, Optional.empty());
        assertThat(end(modest).state()).isEqualTo(ExecutionState.COMPLETED);
        Eventually.until(
                "it is told", () -> events.of(GuardEvent.Terminated.class).size() == 1);
        Eventually.until(
                "it is confirmed",
                () -> events.of(GuardEvent.KillConfirmed.class).size() == 1);
    }

    private Runnable whenKilled(ScriptedRun run) {
        Runnable dies = run.group.whenKilled;
        return () -> {
            probe.used = FakeProbe.LIMIT * 45 / 100;
            dies.run();
        };
    }

    @Test
    void whatCannotBeKilledEndsItsRecordAndSaysSo() throws Exception {
        open();
        Execution execution = run("a.ipynb");
        ScriptedRun run = executor.next().runs();
        run.group.unkillable = true;
        Eventually.until("it is measured", () -> guard.snapshot().executions().stream()
                .anyMatch(seen -> !seen.processes().isEmpty()));

        ExecutionRecord record = execution.stop(StopMode.IMMEDIATE).get(20, TimeUnit.SECONDS);

        assertThat(record.state()).isEqualTo(ExecutionState.KILLED);
        assertThat(record.lifecycle().message().orElseThrow())
                .contains("Stopped by request")
                .contains("pid " + run.group.root().orElseThrow().pid());
        Eventually.until(
                "it is told", () -> !events.of(GuardEvent.KillUnconfirmed.class).isEmpty());
    }

    @Test
    void anOutputThatCannotBeMovedStaysAndTheRecordSaysWhere() throws Exception {
        open();
        Path tooLong = root.resolve("x".repeat(300) + ".ipynb");
        Execution execution =
                guard.run(ExecutionRequest.of("a.ipynb").output(tooLong).build());
        ScriptedRun run = executor.next().runs();
        Path staged = run.context.stagingDirectory().resolve("out.ipynb");
        run.exitsWithOutput(0, "precious");

        ExecutionRecord record = end(execution);

        assertThat(record.state()).isEqualTo(ExecutionState.COMPLETED);
        assertThat(record.lifecycle().message().orElseThrow()).contains("could not be moved", "stays at " + staged);
        assertThat(record.outcome().output()).contains(staged);
        assertThat(staged).hasContent("precious");
    }

    @Test
    void anOutputOutsideTheStagingFolderIsNotTouched() throws Exception {
        open();
        Path other = Files.writeString(root.resolve("other.ipynb"), "another file's content");
        Execution execution = run("a.ipynb");
        ScriptedRun run = executor.next().runs();
        Path staged = run.writes("precious");
        Files.createSymbolicLink(run.context.stagingDirectory().resolve("link.ipynb"), other);
        run.exitsWithOutputAt(run.context.stagingDirectory().resolve("link.ipynb"));
        Execution second = run("a.ipynb");
        executor.next().runs().exitsWithOutputAt(other);

        assertThat(end(execution).lifecycle().message().orElseThrow()).contains("not a file in");
        assertThat(end(second).lifecycle().message().orElseThrow()).contains(other.toString());
        assertThat(end(execution).outcome().output()).isEmpty();
        assertThat(end(second).outcome().output()).isEmpty();
        assertThat(other).hasContent("another file's content");
        assertThat(staged).hasContent("precious");
    }

    @Test
    void anExactOutputIsTakenAndNeverOverwritten() throws Exception {
        open();
        Path wanted = root.resolve("new/folder/mine.ipynb");
        for (String expected : List.of("mine.ipynb", "mine-2.ipynb", "mine-3.ipynb")) {
            Execution execution =
                    guard.run(ExecutionRequest.of("a.ipynb").output(wanted).build());
            executor.next().runs().exitsWithOutput(0, expected);
            assertThat(end(execution).outcome().output()).contains(wanted.resolveSibling(expected));
        }
        assertThat(wanted).hasContent("mine.ipynb");
        try (Stream<Path> files = Files.list(wanted.getParent())) {
            assertThat(files).hasSize(3);
        }
    }

    @Test
    void aRequestThatCannotBeMeantIsRefusedAtOnce() throws Exception {
        open();

        assertRefused(ErrorCode.NOT_FOUND, ExecutionRequest.of("aa.ipynb").build(), "did you mean 'a.ipynb'");
        assertRefused(
                ErrorCode.INVALID_REQUEST,
                ExecutionRequest.of("a.ipynb")
                        .workingDirectory(root.resolve("nowhere"))
                        .build(),
                "nowhere");
        assertRefused(
                ErrorCode.INVALID_REQUEST,
                ExecutionRequest.of("a.ipynb").python(root.resolve("no-python")).build(),
                "no-python");
        assertRefused(
                ErrorCode.INVALID_REQUEST,
                ExecutionRequest.of("a.ipynb").output(root).build(),
                "name the file in it");
        assertRefused(
                ErrorCode.UNSUPPORTED,
                ExecutionRequest.of("a.ipynb")
                        .limits(ResourceSpec.builder()
                                .memory(ByteSize.ofGibibytes(1))
                                .cpus(2)
                                .build())
                        .build(),
                "this guard cannot limit cpu");
        assertThat(guard.executions()).isEmpty();
    }

    @Test
    void theDevicesOfProbesThatAreFoundAreListed() throws Exception {
        Path services = Files.createDirectories(root.resolve("classes/META-INF/services"));
        Files.writeString(services.resolve(DeviceProbe.class.getName()), OneGpu.class.getName());
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {root.resolve("classes").toUri().toURL()}, getClass().getClassLoader())) {
            guard = builder().plugins(p -> p.classLoader(loader)).build();

            assertThat(guard.devices().value().orElseThrow())
                    .extracting(DeviceSnapshot::device)
                    .containsExactly(OneGpu.GPU);
            guard.close();
        }
    }

    @Test
    void aClosedGuardRunsNothing() throws Exception {
        open();
        guard.close();
        guard.close();

        assertRefused(ErrorCode.ILLEGAL_STATE, ExecutionRequest.of("a.ipynb").build(), "closed");
    }

    private void assertRefused(ErrorCode code, ExecutionRequest request, String words) {
        assertThatThrownBy(() -> guard.run(request))
                .isInstanceOfSatisfying(
                        GuardException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(words);
    }

    @Test
    void closingEndsEverythingThatRunsOrWaits() throws Exception {
        open(builder().maxConcurrent(2));
        List<Execution> all = List.of(run("a.ipynb"), run("b.ipynb"), run("c.ipynb"), run("a.ipynb"));
        executor.next().runs();
        executor.next();

        guard.close();

        for (Execution execution : all) {
            assertThat(execution.completion()).isDone();
            assertThat(execution.state()).isEqualTo(ExecutionState.KILLED);
            assertThat(execution.reason()).contains(EndReason.GUARD_CLOSED);
        }
        assertThat(all.get(0).record().lifecycle().message()).contains("The guard was closed while it ran");
        assertThat(all.get(3).record().lifecycle().message()).contains("The guard was closed before it was started");
        assertThat(executor.launches).hasValue(2);
    }

    @Test
    void closingMayWaitForEverything() throws Exception {
        open(builder().maxConcurrent(1).lifecycle(l -> l.onClose(CloseAction.WAIT)));
        Execution first = run("a.ipynb");
        Execution second = run("b.ipynb");
        CompletableFuture<Void> closing = CompletableFuture.runAsync(guard::close);
        executor.next().runs().exits(0, Optional.empty());
        executor.next().runs().exits(0, Optional.empty());

        closing.get(20, TimeUnit.SECONDS);

        assertThat(first.state()).isEqualTo(ExecutionState.COMPLETED);
        assertThat(second.state()).isEqualTo(ExecutionState.COMPLETED);
    }

    @Test
    void interruptingAPatientCloseStopsEverything() throws Exception {
        open(builder().lifecycle(l -> l.onClose(CloseAction.WAIT)));
        Execution execution = run("a.ipynb");
        executor.next().runs();
        AtomicReference<Boolean> interruptedAfterwards = new AtomicReference<>();
        Thread closer = new Thread(() -> {
            guard.close();
            interruptedAfterwards.set(Thread.currentThread().isInterrupted());
        });
        closer.start();
        Eventually.until("it refuses more", this::isRefusing);
        closer.interrupt();
        closer.join(20_000);

        assertThat(execution.reason()).contains(EndReason.GUARD_CLOSED);
        assertThat(interruptedAfterwards).hasValue(true);
    }

    private boolean isRefusing() {
        try {
            run("b.ipynb").stop(StopMode.IMMEDIATE);
            return false;
        } catch (GuardException e) {
            return e.code() == ErrorCode.ILLEGAL_STATE;
        }
    }

    @Test
    void closingGracefullyAsksFirst() throws Exception {
        open(builder().lifecycle(l -> l.onClose(CloseAction.STOP_GRACEFULLY).stopGrace(Duration.ofMinutes(5))));
        run("a.ipynb");
        ScriptedRun run = executor.next().runs();
        run.endsAtInterrupt = true;

        guard.close();

        assertThat(run.log).containsExactly("interrupt");
    }

    @Test
    void aListenerOrACompletionMayCloseTheGuard() throws Exception {
        open();
        CountDownLatch closedByListener = new CountDownLatch(1);
        guard.listen(event -> {
            if (event instanceof GuardEvent.ExecutionNote) {
                guard.close();
                closedByListener.countDown();
            }
        });
        run("a.ipynb");
        executor.next().context.note("close, please");
        assertThat(closedByListener.await(20, TimeUnit.SECONDS)).isTrue();

        open();
        Execution execution = run("a.ipynb");
        CompletableFuture<Void> closed = execution.completion().thenRun(guard::close);
        executor.next().runs().exits(0, Optional.empty());
        closed.get(20, TimeUnit.SECONDS);
    }

    @Test
    void theEndIsToldBeforeTheGuardIsClosed() throws Exception {
        open();
        Execution execution = run("a.ipynb");
        executor.next().runs();

        guard.close();

        assertThat(events.states(execution.id())).endsWith(ExecutionState.TERMINATING, ExecutionState.KILLED);
    }

    @Test
    void twoGuardsLiveInOneJvm() throws Exception {
        open();
        ScriptedExecutor otherExecutor = new ScriptedExecutor();
        RecordedEvents otherEvents = new RecordedEvents();
        try (NotebookGuard other = NotebookGuard.builder()
                .notebooks(root.resolve("notebooks"))
                .outputs(root.resolve("runs"))
                .lifecycle(l -> l.announce(false))
                .executor(otherExecutor)
                .plugins(p -> p.tracker(new FakeTracker()).probes(new FakeProbe()))
                .listener(otherEvents)
                .build()) {
            Execution mine = run("a.ipynb");
            Execution theirs = other.run(ExecutionRequest.of("a.ipynb").build());
            ScriptedRun myRun = executor.next().runs();
            otherExecutor.next().runs().exits(0, Optional.empty());
            theirs.completion().get(20, TimeUnit.SECONDS);

            assertThat(other.executions()).containsExactly(theirs);
            assertThat(guard.executions()).containsExactly(mine);
            assertThat(mine.state().isEnd()).isFalse();
            assertThat(other.execution(mine.id())).isEmpty();
            other.close();
            myRun.exits(0, Optional.empty());
            assertThat(end(mine).state()).isEqualTo(ExecutionState.COMPLETED);
            assertThat(otherEvents.states(mine.id())).isEmpty();
        }
    }

    @Test
    void theOldestThatEndedAreForgottenAndNoneThatLives() throws Exception {
        open(builder().history(h -> h.rememberEnded(2)));
        Execution longOne = run("a.ipynb");
        ScriptedRun longRun = executor.next().runs();
        List<Execution> ended = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Execution execution = run("b.ipynb");
            executor.next().runs().exits(0, Optional.empty());
            end(execution);
            ended.add(execution);
        }

        assertThat(guard.executions()).containsExactly(longOne, ended.get(2), ended.get(3));
        assertThat(guard.execution(ended.get(3).id())).containsSame(ended.get(3));
        longRun.exits(0, Optional.empty());
    }

    @Test
    void theSnapshotShowsWhoRuns() throws Exception {
        open();
        Execution execution = run("sub/hog.ipynb");
        ScriptedRun run = executor.next().runs();
        Eventually.until("it is in the snapshot", () -> guard.snapshot().executions().stream()
                .anyMatch(seen -> seen.id().equals(execution.id())
                        && seen.notebook().equals("sub/hog.ipynb")
                        && seen.accounts().rss().value().orElseThrow().bytes() == run.group.rss));
        run.exits(0, Optional.empty());
        end(execution);

        Eventually.until(
                "it is gone from the snapshot",
                () -> guard.snapshot().executions().isEmpty());
    }

    @Test
    void everyThreadIsTheHostsAndADaemon() throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        open();
        run("a.ipynb");
        executor.next().runs();

        assertThat(threads).hasSizeGreaterThanOrEqualTo(4).allMatch(Thread::isDaemon);
        List<Thread> leftOver = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("nbguard"))
                .filter(thread -> !threads.contains(thread) && !before.contains(thread))
                .toList();
        assertThat(leftOver).isEmpty();
    }

    @Test
    void whatWaitsBeyondTheBoundIsRefusedWithTheNumber() throws Exception {
        open(builder().maxConcurrent(1).admission(a -> a.maxQueued(2)));
        Execution first = run("a.ipynb");
        ScriptedRun running = executor.next().runs();
        Execution second = run("b.ipynb");
        Execution third = run("c.ipynb");

        assertThatThrownBy(() -> run("a.ipynb"))
                .isInstanceOfSatisfying(
                        GuardException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED))
                .hasMessageContaining("2 executions wait for their turn already, as many as may (maxQueued)");
        assertThat(guard.executions()).containsExactly(first, second, third);

        third.stop(StopMode.IMMEDIATE);
        end(third);
        Execution fourth = run("a.ipynb");
        assertThatThrownBy(() -> run("a.ipynb")).isInstanceOf(GuardException.class);
        running.exits(0, Optional.empty());
        end(first);
        executor.next().runs().exits(0, Optional.empty());
        end(second);
        executor.next().runs().exits(0, Optional.empty());
        end(fourth);
        for (int i = 0; i < 3; i++) {
            run("b.ipynb");
        }
        assertThatThrownBy(() -> run("b.ipynb")).hasMessageContaining("2 executions wait");
    }

    @Test
    void ofManyThatAskAtOnceExactlyAsManyAreTakenAsMayBe() throws Exception {
        open(builder().maxConcurrent(2).admission(a -> a.maxQueued(30)));
        AtomicInteger refused = new AtomicInteger();
        CountDownLatch together = new CountDownLatch(1);
        List<CompletableFuture<Void>> callers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            callers.add(CompletableFuture.runAsync(() -> {
                awaitQuietly(together);
                for (int j = 0; j < 10; j++) {
                    try {
                        run("a.ipynb");
                    } catch (GuardException e) {
                        refused.incrementAndGet();
                    }
                }
            }));
        }
        together.countDown();
        callers.forEach(CompletableFuture::join);

        assertThat(guard.executions()).hasSize(32);
        assertThat(refused).hasValue(48);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void anExecutionIsAnnouncedWhileItLives() throws Exception {
        Path runtime = root.resolve("runtime");
        open(builder()
                .lifecycle(l -> l.announce(true))
                .storage(s -> s.runtimeDirectory(runtime))
                .watchdog(w -> w.interval(Duration.ofMillis(50))));
        Execution execution = run("sub/hog.ipynb");
        ScriptedRun run = executor.next().runs();
        FakeTracker eyes = new FakeTracker();
        eyes.running.add(run.group.root().orElseThrow());
        OpenParts open = new OpenParts(Thread::new);
        try (NotebookWatch watch = NotebookWatch.open(
                new LocalMachine(List.of(OpenProbe.own(new FakeProbe())), open.addPlugin("eyes", eyes)),
                open,
                Duration.ofMillis(50),
                runtime,
                GuardClock.SYSTEM)) {
            Eventually.until("the watch sees it", () -> watch.snapshot().executions().stream()
                    .anyMatch(seen -> seen.id().equals(execution.id())
                            && seen.notebook().equals("sub/hog.ipynb")
                            && seen.state() == ExecutionState.RUNNING
                            && seen.accounts().rss().value().orElseThrow().bytes() > 0));
            run.context.progress(Progress.of(2, 5));
            Eventually.until("the watch sees its progress", () -> watch.snapshot().executions().stream()
                    .anyMatch(seen -> seen.progress().cellsDone() == 2));

            run.exits(0, Optional.empty());
            end(execution);

            Eventually.until(
                    "the watch sees it no more",
                    () -> watch.snapshot().executions().isEmpty());
            FakeGroup watched = eyes.group(execution.id());
            assertThat(watched.closed).isTrue();
            assertThat(watched.log).doesNotContain("kill");
        }
        assertThat(runtime).isEmptyDirectory();
        assertThat(eyes.closed).isTrue();
    }

    private void open() {
        open(builder());
    }

    private void open(GuardBuilder builder) {
        guard = builder.build();
    }

    private GuardBuilder builder() {
        return NotebookGuard.builder()
                .notebooks(root.resolve("notebooks"))
                .outputs(root.resolve("runs"))
                .storage(s -> s.temporaryFiles(root.resolve("tmp")))
                .lifecycle(l -> l.announce(false))
                .watchdog(w -> w.interval(Duration.ofMillis(20)))
                .executor(executor)
                .plugins(p -> p.tracker(tracker).probes(probe))
                .listener(events)
                .threadFactory(work -> {
                    Thread thread = new Thread(work);
                    threads.add(thread);
                    return thread;
                });
    }

    private Execution run(String notebook) {
        return guard.run(ExecutionRequest.of(notebook).build());
    }

    private static ExecutionRecord end(Execution execution) throws Exception {
        ExecutionRecord record = execution.completion().get(20, TimeUnit.SECONDS);
        assertThat(record.state().isEnd()).isTrue();
        return record;
    }
}
