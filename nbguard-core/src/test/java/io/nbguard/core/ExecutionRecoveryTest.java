package io.nbguard.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.execution.StopMode;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.schedule.ScheduleSpec;
import io.nbguard.api.watchdog.WatchdogMode;
import io.nbguard.core.fixture.DeadGuard;
import io.nbguard.core.fixture.Eventually;
import io.nbguard.core.fixture.ExecutionStandIn;
import io.nbguard.core.fixture.FakeProbe;
import io.nbguard.core.fixture.FakeTracker;
import io.nbguard.core.fixture.FragileStore;
import io.nbguard.core.fixture.ScriptedExecutor;
import io.nbguard.core.fixture.ScriptedRun;
import io.nbguard.core.fixture.ShortOfThreads;
import io.nbguard.core.workspace.FolderOwner;
import io.nbguard.spi.process.ProcessIdentity;
import io.nbguard.spi.store.HistoryEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a guard does with executions that outlive another one. */
@Timeout(120)
class ExecutionRecoveryTest {

    private static final ProcessIdentity ROOT = new ProcessIdentity(4_711, 99);
    private static final Instant BEGIN = Instant.now().minusSeconds(7_200).truncatedTo(ChronoUnit.MILLIS);

    @TempDir
    private Path root;

    private final ScriptedExecutor executor = new ScriptedExecutor();
    private final FakeTracker tracker = new FakeTracker();
    private final FragileStore store = new FragileStore();
    private final List<NotebookGuard> guards = new ArrayList<>();
    private FolderOwner dead;

    @BeforeEach
    void prepare() throws Exception {
        Files.writeString(root.resolve("report.ipynb"), "{}");
        dead = DeadGuard.seenBy(FolderOwner.current().orElseThrow());
    }

    @AfterEach
    void close() {
        guards.forEach(NotebookGuard::close);
    }

    private NotebookGuard open(HostDeath onHostDeath) {
        NotebookGuard guard = builder(onHostDeath).build();
        guards.add(guard);
        return guard;
    }

    private GuardBuilder builder(HostDeath onHostDeath) {
        return NotebookGuard.builder()
                .notebooks(root)
                .outputs(root.resolve("runs"))
                .storage(s -> s.temporaryFiles(root))
                .lifecycle(l -> l.announce(false))
                .executor(executor)
                .plugins(p -> p.tracker(tracker).probes(new FakeProbe()))
                .watchdog(w -> w.interval(Duration.ofMillis(20)))
                .maxConcurrent(1)
                .history(h -> h.store(store))
                .lifecycle(l -> l.onHostDeath(onHostDeath));
    }

    private Path temporary(ExecutionStandIn standIn) {
        return root.resolve("nbguard-" + standIn.id.value());
    }

    private Path staging(ExecutionStandIn standIn) {
        return root.resolve("elsewhere").resolve(".nbguard-" + standIn.id.value());
    }

    /** Leaves an execution as a guard does that dies. */
    private ExecutionStandIn left(ExecutionState state, ExecutionRequest request) throws Exception {
        ExecutionStandIn standIn =
                new ExecutionStandIn("report.ipynb", BEGIN).is(state).asked(request);
        standIn.guard = Optional.of(dead.toText());
        standIn.root = Optional.of(ROOT);
        standIn.cellsDone = 3;
        tracker.running.add(ROOT);
        Files.createDirectories(temporary(standIn));
        Files.writeString(Files.createDirectories(staging(standIn)).resolve("executed.ipynb"), "partial");
        Files.writeString(
                root.resolve(temporary(standIn).getFileName() + ".guard"),
                dead.toText() + "handleExecutor=scripted\nhandleVersion=1\nhandle.pid=" + ROOT.pid()
                        + "\nhandle.startTicks=" + ROOT.startTicks() + "\nstaging="
                        + staging(standIn).toUri() + "\noutput="
                        + root.resolve("elsewhere/out.ipynb").toUri() + "\n");
        store.write(List.of(new HistoryEntry.OfExecution(standIn.get())));
        return standIn;
    }

    private ExecutionStandIn left(ExecutionState state) throws Exception {
        return left(state, ExecutionRequest.of("report.ipynb").build());
    }

    private static ExecutionRecord end(Execution execution) throws Exception {
        return execution.completion().get(20, TimeUnit.SECONDS);
    }

    private void assertNoFolderIsLeft(ExecutionStandIn standIn) {
        assertThat(temporary(standIn)).doesNotExist();
        assertThat(staging(standIn)).doesNotExist();
        assertThat(root.resolve(temporary(standIn).getFileName() + ".guard")).doesNotExist();
    }

    @Test
    void whatRunsGoesOnAsTheSameExecutionAndTakesItsPlace() throws Exception {
        ExecutionStandIn standIn = left(ExecutionState.RUNNING);

        NotebookGuard guard = open(HostDeath.KEEP);

        Execution execution = guard.execution(standIn.id).orElseThrow();
        assertThat(execution.state()).isEqualTo(ExecutionState.RUNNING);
        assertThat(execution.progress().cellsDone()).isEqualTo(3);
        assertThat(execution.record().lifecycle().submittedAt()).isEqualTo(BEGIN);
        assertThat(execution.record().lifecycle().startedAt()).contains(BEGIN.plusSeconds(1));
        ScriptedRun run = executor.next();
        assertThat(run.group.root()).contains(ROOT);
        assertThat(run.group.log).as("what the dead guard had frozen goes on").containsExactly("apply holds");
        Eventually.until("it is measured", () -> guard.snapshot().executions().stream()
                .anyMatch(one -> one.id().equals(standIn.id) && one.elapsed().toSeconds() >= 7_199));
        Execution second = guard.run(ExecutionRequest.of("report.ipynb").build());
        assertThat(second.state()).as("there is one place").isEqualTo(ExecutionState.QUEUED);

        run.context.progress(Progress.of(10, 10));
        run.exitsWithOutput(0, "whole");
        ExecutionRecord record = end(execution);

        assertThat(record.state()).isEqualTo(ExecutionState.COMPLETED);
        assertThat(record.lifecycle().message()).isEmpty();
        assertThat(record.outcome().output()).contains(root.resolve("elsewhere/out.ipynb"));
        assertNoFolderIsLeft(standIn);
        assertThat(executor.next().request).as("the place is free").isEqualTo(second.request());
        assertThat(guard.history().flush(Duration.ofSeconds(20))).isTrue();
        assertThat(store.execution(standIn.id).orElseThrow().record()).isEqualTo(record);
    }

    @Test
    void whatWasLaunchedGoesOnThoughTheStoreHasNotHeardOfIt() throws Exception {
        ExecutionStandIn standIn = left(ExecutionState.RUNNING);
        standIn.root = Optional.empty();
        store.write(List.of(
                new HistoryEntry.OfExecution(standIn.is(ExecutionState.ADMITTED).get())));

        NotebookGuard guard = open(HostDeath.KEEP);

        Execution execution = guard.execution(standIn.id).orElseThrow();
        assertThat(execution.state()).isEqualTo(ExecutionState.LAUNCHING);
        assertThat(executor.next().group.root()).contains(ROOT);
    }

    @Test
    void whatTheStoreKnowsNoRootOfIsEndedAllTheSame() throws Exception {
        ExecutionStandIn standIn = left(ExecutionState.RUNNING);
        standIn.root = Optional.empty();
        store.write(List.of(
                new HistoryEntry.OfExecution(standIn.is(ExecutionState.QUEUED).get())));

        open(HostDeath.END);

        assertThat(tracker.group(standIn.id).alive).isZero();
        assertThat(store.execution(standIn.id).orElseThrow().record().state()).isEqualTo(ExecutionState.LOST);
        assertNoFolderIsLeft(standIn);
    }

    @Test
    void aStopAndATimeOutReachWhatWasTakenUp() throws Exception {
        ExecutionStandIn late = left(
                ExecutionState.RUNNING,
                ExecutionRequest.of("report.ipynb").timeout(Duration.ofHours(1)).build());

        NotebookGuard guard = open(HostDeath.KEEP);

        ScriptedRun run = executor.next();
        Eventually.until("its two hours are more than the one it has", () -> run.log.contains("interrupt"));
        Execution execution = guard.execution(late.id).orElseThrow();
        execution.stop(StopMode.IMMEDIATE);
        assertThat(end(execution).outcome().reason()).contains(EndReason.TIMEOUT);
        assertThat(run.log).contains("died");
        assertNoFolderIsLeft(late);
    }

    @Test
    void whatEndedWhenNoGuardWasThereEndsAsItDid() throws Exception {
        ExecutionStandIn standIn = left(ExecutionState.RUNNING);
        tracker.running.clear();

        NotebookGuard guard = open(HostDeath.KEEP);
        ScriptedRun run = executor.next();
        run.context.progress(Progress.of(10, 10));
        run.hadEnded(BEGIN.plusSeconds(60));

        ExecutionRecord record = end(guard.execution(standIn.id).orElseThrow());
        assertThat(record.state()).isEqualTo(ExecutionState.COMPLETED);
        assertThat(record.lifecycle().endedAt()).contains(BEGIN.plusSeconds(60));
        assertThat(record.lifecycle().message()).contains("it ended when no guard was there");
        assertNoFolderIsLeft(standIn);
    }

    @Test
    void whatItsExecutorCannotTakeUpIsKilledAndLost() throws Exception {
        ExecutionStandIn standIn = left(ExecutionState.RUNNING);
        executor.takesUp = false;

        NotebookGuard guard = open(HostDeath.KEEP);

        ExecutionRecord record = end(guard.execution(standIn.id).orElseThrow());
        assertThat(record.state()).isEqualTo(ExecutionState.LOST);
        assertThat(record.outcome().reason()).contains(EndReason.ORPHANED);
        assertThat(record.lifecycle().message().orElseThrow())
                .contains("could not be taken up again: executor scripted");
        assertThat(record.outcome().output().orElseThrow()).hasContent("partial");
        assertThat(tracker.group(standIn.id).alive).isZero();
        assertNoFolderIsLeft(standIn);
    }

    @Test
    void whatWasBeingEndedOrWasNeverLaunchedDoesNotGoOn() throws Exception {
        ExecutionStandIn ending = left(ExecutionState.TERMINATING);
        ExecutionStandIn waiting = new ExecutionStandIn("report.ipynb", BEGIN).is(ExecutionState.QUEUED);
        waiting.guard = Optional.of(dead.toText());
        store.write(List.of(new HistoryEntry.OfExecution(waiting.get())));

        NotebookGuard guard = open(HostDeath.KEEP);

        assertThat(guard.executions()).isEmpty();
        assertThat(store.execution(ending.id).orElseThrow().record().state()).isEqualTo(ExecutionState.LOST);
        assertThat(store.execution(waiting.id).orElseThrow().record().state()).isEqualTo(ExecutionState.LOST);
        assertThat(tracker.group(ending.id).alive).isZero();
    }

    @Test
    void whatOneGuardHasTakenUpIsNoBusinessOfAnother() throws Exception {
        ExecutionStandIn standIn = left(ExecutionState.RUNNING);
        NotebookGuard first = open(HostDeath.KEEP);
        executor.next();
        // As long as the store has not heard of it.
        store.write(List.of(new HistoryEntry.OfExecution(standIn.get())));

        NotebookGuard second = open(HostDeath.KEEP);
        NotebookGuard third = open(HostDeath.END);

        assertThat(second.executions()).isEmpty();
        assertThat(third.executions()).isEmpty();
        assertThat(first.execution(standIn.id).orElseThrow().state()).isEqualTo(ExecutionState.RUNNING);
        assertThat(tracker.group(standIn.id).alive).isOne();
    }

    @Test
    void aGuardThatKeepsNothingEndsIt() throws Exception {
        ExecutionStandIn standIn = left(ExecutionState.RUNNING);

        NotebookGuard guard = open(HostDeath.END);

        assertThat(guard.executions()).isEmpty();
        assertThat(store.execution(standIn.id).orElseThrow().record().state()).isEqualTo(ExecutionState.LOST);
        assertThat(tracker.group(standIn.id).alive).isZero();
        assertThat(root.resolve("elsewhere/out.ipynb")).hasContent("partial");
        assertNoFolderIsLeft(standIn);
    }

    @Test
    void whatAGuardThatIsNotMadeOrHasNoThreadForItLeavesGoesOnInTheNext() throws Exception {
        ExecutionStandIn standIn = left(ExecutionState.RUNNING);

        NotebookGuard first = ShortOfThreads.openAfterFailures(() -> builder(HostDeath.KEEP));
        guards.add(first);
        assertThat(first.executions())
                .as("the thread of its run is the first that is not needed")
                .isEmpty();
        assertThat(store.execution(standIn.id).orElseThrow().record().state()).isEqualTo(ExecutionState.RUNNING);
        NotebookGuard second = open(HostDeath.KEEP);

        assertThat(executor.next().group.root()).contains(ROOT);
        assertThat(second.execution(standIn.id).orElseThrow().state()).isEqualTo(ExecutionState.RUNNING);
    }

    @Test
    void aScheduleCountsItAmongItsOwn() throws Exception {
        NotebookGuard earlier = open(HostDeath.KEEP);
        ScheduleSpec spec = ScheduleSpec.every(
                        Duration.ofHours(1), ExecutionRequest.of("report.ipynb").build())
                .id("hourly")
                .build();
        var schedule = earlier.schedules().add(spec);
        earlier.close();
        ExecutionStandIn standIn = left(
                ExecutionState.RUNNING,
                ExecutionRequest.of("report.ipynb").build().scheduledBy(schedule.id()));

        NotebookGuard guard = open(HostDeath.KEEP);

        assertThat(guard.schedules().find(schedule.id()).orElseThrow().underWay())
                .containsExactly(standIn.id);
        assertThatThrownBy(() -> guard.schedules().runNow(schedule.id())).hasMessageContaining("as many");
        executor.next().exits(0, Optional.empty());
        end(guard.execution(standIn.id).orElseThrow());
        Eventually.until("it has ended for the schedule too", () -> guard.schedules()
                .find(schedule.id())
                .orElseThrow()
                .underWay()
                .isEmpty());
    }

    @Test
    void whatCannotWorkIsRefused() {
        assertThatThrownBy(() -> NotebookGuard.builder()
                        .notebooks(root)
                        .lifecycle(l -> l.onHostDeath(HostDeath.KEEP))
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("history store that lasts");
        assertThatThrownBy(() -> NotebookGuard.builder()
                        .notebooks(root)
                        .history(h -> h.store(store))
                        .watchdog(w -> w.mode(WatchdogMode.SIDECAR))
                        .lifecycle(l -> l.onHostDeath(HostDeath.KEEP))
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a sidecar ends");
    }
}
