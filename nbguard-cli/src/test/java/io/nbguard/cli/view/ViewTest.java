package io.nbguard.cli.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.measure.Reading;
import io.nbguard.api.snapshot.Snapshot;
import io.nbguard.api.watchdog.EmergencyReport;
import io.nbguard.api.watchdog.KillScenario;
import io.nbguard.api.watchdog.Safety;
import io.nbguard.api.watchdog.SafetyTier;
import io.nbguard.api.watchdog.WatchdogMode;
import io.nbguard.cli.text.Line;
import io.nbguard.server.json.Samples;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ViewTest {

    private static final Reading<ByteSize> LIMIT = Samples.value(ByteSize.ofMebibytes(2048));

    private static String text(List<Line> lines) {
        return String.join("\n", lines.stream().map(Line::plain).toList());
    }

    @Test
    void theLiveViewShowsBudgetNodeAndARowForEachNotebookEndedOnesToo() {
        Snapshot snapshot = Samples.snapshot(LIMIT, Samples.execution("a.ipynb"));

        String shown = text(LiveView.of(
                snapshot,
                List.of(Samples.record("a.ipynb", ExecutionState.RUNNING), Samples.ended(EndReason.WATCHDOG_MEMORY)),
                100));

        assertThat(shown)
                .contains("budget", "500.0 MiB of 1000.0 MiB", "watchdog at 900.0 MiB", "sum of RSS 800.0 MiB")
                .contains("1.0 GiB of 2.0 GiB, 50 %")
                .contains("1.50 of ", " cores", "pressure: cpu 50 %, memory 1.2 %")
                .contains("a.ipynb", "running", "3/7", "214.0 MiB", "900.0 MiB", "0.98")
                .contains("hog.ipynb", "ended by watchdog", "12.3 s");
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 80, 100, 200})
    void noLineOfALiveViewIsWiderThanTheScreenWherePossible(int width) {
        Snapshot snapshot = Samples.snapshot(LIMIT, Samples.execution("a rather long name of a notebook 日本語.ipynb"));

        assertThat(LiveView.of(
                                snapshot,
                                List.of(Samples.record(
                                        "a rather long name of a notebook 日本語.ipynb", ExecutionState.RUNNING)),
                                width)
                        .subList(6, 8))
                .allSatisfy(line -> assertThat(line.width()).isLessThanOrEqualTo(width));
    }

    @Test
    void aLimitThatIsNotThereAndANumberThatIsNotKnownAreSaidInWords() {
        assertThat(NodeView.memory(Samples.snapshot(new Reading.Unlimited<>("memory.max")))
                        .plain())
                .contains("1.0 GiB", "limit none");
        assertThat(NodeView.memory(Samples.snapshot(new Reading.Unavailable<>("permission denied", "memory.max")))
                        .plain())
                .contains("1.0 GiB", "limit unknown (permission denied)");
    }

    @Test
    void topShowsExecutionsAndTheirProcessesAsATree() {
        String shown = text(TopView.of(Samples.snapshot(LIMIT, Samples.execution("a.ipynb")), 120));

        assertThat(shown)
                .contains("raw 2.9 GiB", "working set 2.0 GiB", "not reclaimable 1.0 GiB")
                .contains("limit 2.0 GiB from test")
                .contains("OOM killer has taken 2 processes")
                .contains("a.ipynb", "k3x9m2pq", "214.0 MiB", "pss", "320.0 MiB", "10.2 s")
                .containsSubsequence(
                        "\n  papermill ", "100", "sleeping", "90.0 MiB", "\n    python ", "101", "running");
    }

    @Test
    void topSaysSoKindlyWhenNothingRuns() {
        assertThat(text(TopView.of(Samples.snapshot(LIMIT), 120)))
                .contains("No notebook is running", "nbguard run report.ipynb");
    }

    @ParameterizedTest
    @EnumSource(EndReason.class)
    void everyEndHasItsWordsAndItsCause(EndReason reason) {
        String result = text(ResultView.of(Samples.ended(reason), Path.of("/work dir")));

        assertThat(result)
                .contains("✗ hog.ipynb " + Outcome.of(Samples.ended(reason)).plain() + " after 12.3 s");
        assertThat(result)
                .contains(reason.end() == ExecutionState.KILLED ? "message of " + reason : "error of the notebook");
        assertThat(result).contains("partial  outputs/hog.ipynb");
    }

    @Test
    void aCompletedRunShowsWhereItsOutputIs() {
        assertThat(text(ResultView.of(Samples.record("a.ipynb", ExecutionState.COMPLETED), Path.of("/elsewhere"))))
                .contains("✓ a.ipynb completed after 12.3 s")
                .contains("peak memory 214.0 MiB, 10.2 s of cpu")
                .contains("output   /work dir/outputs/a.ipynb");
    }

    @Test
    void aKillStandsOutAndIsToldWithItsNumbers() {
        KillScenario scenario = new KillScenario(
                Samples.START,
                KillScenario.Cause.MEMORY_BUDGET,
                ByteSize.ofMebibytes(910),
                ByteSize.ofMebibytes(900),
                ByteSize.ofMebibytes(1000),
                ByteSize.ofMebibytes(990),
                "nbguard-heaviest",
                "heaviest",
                new ExecutionId("k3x9m2pq7c4t"),
                List.of(),
                false);

        Line line = EventText.of(new GuardEvent.Terminated(Samples.START, "hog.ipynb", scenario))
                .orElseThrow();

        assertThat(line.plain()).contains("OOM Prevention: Terminated hog.ipynb", "910.0 MiB of 1000.0 MiB");
        assertThat(line.coloured()).contains("\u001b[1;31m");
    }

    @Test
    void howSafeTheNodeIsStandsInTheLiveView() {
        Reading<ByteSize> rate = Samples.value(ByteSize.ofMebibytes(5000));
        Reading<ByteSize> any = new Reading.Unlimited<>("the enclosure");
        Duration reaction = Duration.ofMillis(20);

        assertThat(NodeView.safety(new Safety(SafetyTier.READ_ONLY, WatchdogMode.IN_PROCESS, reaction, rate))
                        .plain())
                .contains("read-only tier", "4.9 GiB a second", "reaction 20 ms")
                .doesNotContain("sidecar");
        assertThat(NodeView.safety(new Safety(SafetyTier.WRITABLE, WatchdogMode.SIDECAR, reaction, any))
                        .plain())
                .contains("writable tier", "sidecar");
        assertThat(NodeView.safety(new Safety(
                                SafetyTier.READ_ONLY,
                                WatchdogMode.IN_PROCESS,
                                reaction,
                                new Reading.Unavailable<>("there is no memory limit", "test")))
                        .plain())
                .contains("unknown (there is no memory limit)");
    }

    @Test
    void whatTheKernelTookAndAnEmergencyStandOutLikeAKill() {
        GuardEvent oom = new GuardEvent.KernelOomKill(
                Samples.START,
                Optional.of(new ExecutionId("k3x9m2pq7c4t")),
                Optional.of("hog.ipynb"),
                2,
                "the kernel's OOM killer took 2 processes");
        GuardEvent elsewhere = new GuardEvent.KernelOomKill(
                Samples.START, Optional.empty(), Optional.empty(), 1, "the kernel took a process elsewhere");
        GuardEvent emergency = new GuardEvent.EmergencyShutdown(
                Samples.START,
                new EmergencyReport(
                        Samples.START,
                        "disk on fire",
                        List.of(new ExecutionId("k3x9m2pq7c4t")),
                        List.of(),
                        Duration.ofMillis(40),
                        Optional.empty()));

        assertThat(EventText.of(oom).orElseThrow().coloured()).contains("\u001b[1;31m", "took 2 processes");
        assertThat(EventText.of(emergency).orElseThrow().coloured()).contains("\u001b[1;31m", "disk on fire");
        assertThat(EventText.of(elsewhere).orElseThrow().coloured())
                .contains("took a process elsewhere")
                .doesNotContain("\u001b[1;31m");
    }

    @Test
    void whatTheLiveViewShowsAnywayIsNotToldAgain() {
        assertThat(EventText.of(new GuardEvent.ProgressMade(
                        Samples.START, new ExecutionId("k3x9m2pq7c4t"), "a.ipynb", Progress.of(1, 2))))
                .isEmpty();
        assertThat(EventText.of(new GuardEvent.ExecutionChanged(
                        Samples.START, Optional.empty(), Samples.record("a.ipynb", ExecutionState.QUEUED))))
                .isEmpty();
        assertThat(EventText.of(new GuardEvent.ExecutionChanged(
                        Samples.START, Optional.empty(), Samples.record("a.ipynb", ExecutionState.COMPLETED))))
                .hasValueSatisfying(line -> assertThat(line.plain()).contains("✓ a.ipynb completed"));
    }

    @Test
    void aStatusLineForAPipeNamesEachNotebookHeaviestFirst() {
        assertThat(StatusLine.of(Samples.snapshot(LIMIT, Samples.execution("a.ipynb")), Duration.ofSeconds(5))
                        .plain())
                .isEqualTo("· 5.0 s: memory 500.0 MiB of 1000.0 MiB budget: a.ipynb 3/7 214.0 MiB");
    }
}
