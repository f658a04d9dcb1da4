package io.nbguard.examples.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.StopMode;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.watchdog.MemoryRung;
import io.nbguard.api.watchdog.WatchdogMode;
import io.nbguard.core.GuardBuilder;
import io.nbguard.core.NotebookGuard;
import io.nbguard.core.execution.UserExecution;
import io.nbguard.core.sidecar.SidecarMain;
import io.nbguard.spi.process.FreezeReason;
import io.nbguard.spi.process.ProcessGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The watchdog in a real sidecar beside this JVM, over real processes. */
@Tag("slow")
@Timeout(300)
class SidecarWatchdogTest {

    private static final ByteSize BUDGET = ByteSize.ofMebibytes(300);

    /** Begins when it is told to; some 800 MiB a second. The bound saves the machine if it is not ended. */
    private static final String HOG = """
            import footprint, os, time
            footprint.leave('hog.process')
            while not os.path.exists('grow'): time.sleep(0.01)
            blocks = []
            while len(blocks) < 100:
                blocks.append(bytearray(8 << 20))
                time.sleep(0.01)
            time.sleep(120)
            """;

    private static final String CALM = """
            import footprint, os, time
            footprint.leave('calm.process')
            block = bytearray(40 << 20)
            while not os.path.exists('go-on'): time.sleep(0.02)
            """;

    @TempDir
    Path folder;

    private final List<GuardEvent> events = new CopyOnWriteArrayList<>();
    private Ground ground;

    @BeforeEach
    void makeNotebooks() throws IOException {
        ground = new Ground(folder);
        Files.writeString(ground.notebooks().resolve("hog.ipynb"), HOG);
        Files.writeString(ground.notebooks().resolve("calm.ipynb"), CALM);
    }

    @AfterEach
    void noSidecarIsLeft() {
        assertThat(sidecars()).as("sidecars").isEmpty();
    }

    private GuardBuilder guard() {
        return ground.guard()
                .executor(new PlainPython())
                .watchdog(w -> w.mode(WatchdogMode.SIDECAR))
                .memoryBudget(BUDGET)
                .listener(events::add);
    }

    private static Execution run(NotebookGuard guard, String notebook) {
        return guard.run(ExecutionRequest.of(notebook).build());
    }

    static List<ProcessHandle> sidecars() {
        return ProcessHandle.current()
                .children()
                .filter(child -> child.info().commandLine().orElse("").contains(SidecarMain.class.getName()))
                .toList();
    }

    private <E extends GuardEvent> List<E> heard(Class<E> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private void awaitWatchdog(NotebookGuard guard, WatchdogMode mode) {
        await(mode.toString())
                .atMost(Ground.TIMEOUT)
                .until(() -> guard.snapshot().safety().watchdog() == mode);
    }

    /** On a busy machine the host may watch for a moment what the sidecar does not watch yet. */
    private void assertNoSidecarWasGivenUp() {
        assertThat(heard(GuardEvent.WatchdogMoved.class))
                .extracting(GuardEvent.WatchdogMoved::message)
                .isNotEmpty()
                .noneMatch(message -> message.contains("is given up"));
    }

    private void assertTheHogWasEnded(Execution hog, Execution calm) {
        ExecutionRecord record = ground.getEnd(hog);
        assertThat(record.outcome().reason()).as(record::toString).contains(EndReason.WATCHDOG_MEMORY);
        assertThat(record.lifecycle().message()).contains("OOM Prevention: Terminated hog.ipynb");
        assertThat(record.outcome().killScenario().orElseThrow().victim()).isEqualTo(hog.id());
        assertThat(record.outcome().killScenario().orElseThrow().candidates())
                .extracting(candidate -> candidate.notebook())
                .containsExactly("hog.ipynb", "calm.ipynb");
        await().atMost(Ground.TIMEOUT).untilAsserted(() -> assertThat(heard(GuardEvent.KillConfirmed.class))
                .hasSize(1)
                .allMatch(event -> event.id().equals(hog.id())));
        assertThat(heard(GuardEvent.Terminated.class)).singleElement().satisfies(event -> assertThat(event.scenario())
                .isEqualTo(record.outcome().killScenario().orElseThrow()));
        assertThat(calm.state().isEnd()).isFalse();
        ground.signal("go-on");
        assertThat(ground.getEnd(calm).outcome().exitCode()).hasValue(0);
    }

    @Test
    void theSidecarEndsTheHogAndTheRecordAndTheEventsAreAsInProcess() {
        try (NotebookGuard guard = guard().build()) {
            assertThat(sidecars()).hasSize(1);
            assertThat(guard.snapshot().safety().watchdog()).isEqualTo(WatchdogMode.SIDECAR);
            assertThat(guard.description().watchdog())
                    .startsWith("in a sidecar, pid " + sidecars().get(0).pid());
            Execution calm = run(guard, "calm.ipynb");
            Execution hog = run(guard, "hog.ipynb");
            ground.awaitFootprint("calm");
            ground.awaitFootprint("hog");

            ground.signal("grow");

            assertTheHogWasEnded(hog, calm);
        }
        assertThat(heard(GuardEvent.WatchdogMoved.class).get(0).mode()).isEqualTo(WatchdogMode.SIDECAR);
        assertNoSidecarWasGivenUp();
    }

    @Test
    void aKilledSidecarIsReplacedAndTheNewOneKnowsWhatRuns() {
        try (NotebookGuard guard = guard().build()) {
            Execution calm = run(guard, "calm.ipynb");
            Execution hog = run(guard, "hog.ipynb");
            ground.awaitFootprint("calm");
            ground.awaitFootprint("hog");
            ProcessHandle first = sidecars().get(0);

            first.destroyForcibly();

            await("the host takes over")
                    .atMost(Ground.TIMEOUT)
                    .until(() -> heard(GuardEvent.WatchdogMoved.class).stream()
                            .anyMatch(event -> event.mode() == WatchdogMode.IN_PROCESS));
            await("and hands back")
                    .atMost(Ground.TIMEOUT)
                    .until(() -> heard(GuardEvent.WatchdogMoved.class).size() >= 3);
            awaitWatchdog(guard, WatchdogMode.SIDECAR);
            assertThat(sidecars()).hasSize(1).doesNotContain(first);
            ground.signal("grow");

            assertTheHogWasEnded(hog, calm);
        }
    }

    /** Whatever a dead sidecar had stopped for the moment of a kill; here the test has stopped it. */
    @Test
    void theEndOfASidecarWakesWhatItHadFrozenAndNothingThatIsPaused() throws Exception {
        Files.writeString(ground.notebooks().resolve("paused.ipynb"), family("paused"));
        Files.writeString(ground.notebooks().resolve("frozen.ipynb"), family("frozen"));
        try (NotebookGuard guard = guard().build()) {
            Execution paused = run(guard, "paused.ipynb");
            Execution frozen = run(guard, "frozen.ipynb");
            Footprint pausedChild = ground.awaitFootprint("paused");
            Footprint frozenChild = ground.awaitFootprint("frozen");
            await("both children are known").atMost(Ground.TIMEOUT).until(() -> guard.snapshot().executions().stream()
                    .allMatch(one -> one.processes().size() == 2));
            ProcessGroup group = ((UserExecution) paused).guarded().processes().orElseThrow();
            assertThat(group.freeze(FreezeReason.USER)).isTrue();
            Signals.send("STOP", frozenChild.pid());
            Signals.awaitStopped(pausedChild.pid());
            Signals.awaitStopped(frozenChild.pid());

            sidecars().get(0).destroyForcibly();

            await("the host takes over")
                    .atMost(Ground.TIMEOUT)
                    .until(() -> heard(GuardEvent.WatchdogMoved.class).size() >= 2);
            Signals.awaitRunning(frozenChild.pid());
            assertThat(Signals.isStopped(pausedChild.pid())).isTrue();
            awaitWatchdog(guard, WatchdogMode.SIDECAR);
            assertThat(Signals.isStopped(pausedChild.pid())).isTrue();
            group.thaw(FreezeReason.USER);
            Signals.awaitRunning(pausedChild.pid());
            assertThat(Ground.get(frozen.stop(StopMode.IMMEDIATE)).outcome().reason())
                    .contains(EndReason.USER_STOP);
        }
    }

    /** A root, which is never stopped, and a child that sleeps. */
    private static String family(String name) {
        return """
                import footprint, os, time
                if os.fork() == 0:
                    footprint.leave('%s.process')
                    time.sleep(1000)
                time.sleep(1000)
                """.formatted(name);
    }

    @Test
    void whileTheSidecarStandsStillTheHostEndsTheHog() throws Exception {
        try (NotebookGuard guard = guard().build()) {
            Execution calm = run(guard, "calm.ipynb");
            Execution hog = run(guard, "hog.ipynb");
            ground.awaitFootprint("calm");
            ground.awaitFootprint("hog");

            Signals.send("STOP", sidecars().get(0).pid());
            ground.signal("grow");

            assertTheHogWasEnded(hog, calm);
            assertThat(heard(GuardEvent.WatchdogMoved.class))
                    .extracting(GuardEvent.WatchdogMoved::mode)
                    .startsWith(WatchdogMode.SIDECAR, WatchdogMode.IN_PROCESS);
        }
    }

    @Test
    void anExecutionsOwnLimitAndADryRunWorkThereToo() {
        try (NotebookGuard guard = ground.guard()
                .executor(new PlainPython())
                .watchdog(w -> w.mode(WatchdogMode.SIDECAR).dryRun(true))
                .listener(events::add)
                .build()) {
            Execution hog = guard.run(ExecutionRequest.of("hog.ipynb")
                    .memoryLimit(ByteSize.ofMebibytes(100))
                    .build());
            ground.awaitFootprint("hog");
            ground.signal("grow");

            await().atMost(Ground.TIMEOUT)
                    .until(() -> !heard(GuardEvent.Terminated.class).isEmpty());

            assertThat(heard(GuardEvent.Terminated.class).get(0).scenario().dryRun())
                    .isTrue();
            assertThat(hog.state().isEnd()).isFalse();
            assertThat(Ground.get(hog.stop(StopMode.IMMEDIATE)).outcome().reason())
                    .contains(EndReason.USER_STOP);
        }
    }

    @Test
    void aPluginsKillPolicyChoosesThere() {
        try (NotebookGuard guard =
                guard().watchdog(w -> w.killPolicy("spare-the-nearly-done")).build()) {
            Execution hog = run(guard, "hog.ipynb");
            ground.awaitFootprint("hog");
            ground.signal("grow");

            assertThat(ground.getEnd(hog).outcome().killScenario().orElseThrow().policy())
                    .isEqualTo("spare-the-nearly-done");
        }
    }

    @Test
    void prioritiesAreKnownThere() {
        try (NotebookGuard guard =
                guard().watchdog(w -> w.killPolicy("lowest-priority")).build()) {
            Execution calm =
                    guard.run(ExecutionRequest.of("calm.ipynb").priority(-5).build());
            Execution hog = run(guard, "hog.ipynb");
            ground.awaitFootprint("calm");
            ground.awaitFootprint("hog");
            ground.signal("grow");

            ExecutionRecord record = ground.getEnd(calm);

            assertThat(record.outcome().reason()).as(record::toString).contains(EndReason.WATCHDOG_MEMORY);
            assertThat(record.outcome().killScenario().orElseThrow().policy()).isEqualTo("nbguard-lowest-priority");
            assertThat(ground.getEnd(hog).outcome().reason()).contains(EndReason.WATCHDOG_MEMORY);
            assertThat(guard.snapshot().safety().watchdog()).isEqualTo(WatchdogMode.SIDECAR);
        }
    }

    /** Whichever watchdog is first, the record has one reason, and the events agree with it. */
    @Test
    void aStopAtTheMomentOfTheKillEndsInOneStory() {
        try (NotebookGuard guard = guard().build()) {
            Execution hog = run(guard, "hog.ipynb");
            ground.awaitFootprint("hog");
            ground.signal("grow");
            await().pollInterval(Duration.ofMillis(1))
                    .atMost(Ground.TIMEOUT)
                    .until(() -> guard.snapshot().rung() != MemoryRung.NORMAL);
            hog.stop(StopMode.IMMEDIATE);

            ExecutionRecord record = ground.getEnd(hog);
            guard.close();

            boolean watchdog = record.outcome().reason().equals(Optional.of(EndReason.WATCHDOG_MEMORY));
            assertThat(record.outcome().reason().orElseThrow()).isIn(EndReason.WATCHDOG_MEMORY, EndReason.USER_STOP);
            assertThat(record.outcome().killScenario().isPresent()).isEqualTo(watchdog);
            assertThat(heard(GuardEvent.Terminated.class)).hasSize(watchdog ? 1 : 0);
            assertThat(heard(GuardEvent.KillConfirmed.class)).hasSizeLessThanOrEqualTo(watchdog ? 1 : 0);
        }
    }

    @Test
    void twoGuardsHaveASidecarEachAndCloseLeavesNothing() {
        Ground other = new Ground(folder.resolve("other"));
        try (NotebookGuard first = guard().build();
                NotebookGuard second = other.guard()
                        .executor(new PlainPython())
                        .watchdog(w -> w.mode(WatchdogMode.SIDECAR))
                        .build()) {
            Execution calm = run(first, "calm.ipynb");
            ground.awaitFootprint("calm");
            assertThat(sidecars()).hasSize(2);

            second.close();

            assertThat(sidecars()).hasSize(1);
            assertThat(calm.state().isEnd()).isFalse();
            first.close();
            assertThat(sidecars()).isEmpty();
            ground.assertNothingIsLeftOf(calm.id());
        }
    }

    @Test
    void theSidecarIsOutOfReachOfTheTerminalsSignals() throws Exception {
        try (NotebookGuard guard = guard().build()) {
            long sidecar = sidecars().get(0).pid();
            assertThat(guard.snapshot().safety().watchdog()).isEqualTo(WatchdogMode.SIDECAR);
            for (String name : List.of("INT", "HUP", "TERM", "QUIT")) {
                Signals.send(name, sidecar);
            }
            Execution calm = run(guard, "calm.ipynb");
            ground.awaitFootprint("calm");
            ground.signal("go-on");
            assertThat(ground.getEnd(calm).outcome().exitCode()).hasValue(0);
            assertThat(sidecars()).extracting(ProcessHandle::pid).containsExactly(sidecar);
            assertThat(Signals.session(sidecar))
                    .isNotEqualTo(Signals.session(ProcessHandle.current().pid()));
        }
        assertNoSidecarWasGivenUp();
    }
}
