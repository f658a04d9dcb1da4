package io.nbguard.examples.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.execution.ExecutionStatus;
import io.nbguard.api.execution.StopMode;
import io.nbguard.api.measure.CpuTime;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.snapshot.ExecutionSnapshot;
import io.nbguard.core.NotebookGuard;
import io.nbguard.papermill.PythonEnvironments;
import io.nbguard.spi.PluginConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every way in which a notebook ends, with real papermill and real kernels; after each, nothing of it is left. */
@Tag("slow")
@Timeout(300)
class NotebookEndsTest {

    /** Lets the test know the kernel, its connection file, and what it left behind on purpose. */
    private static final String LEAVE_EVERYTHING = """
            import os, escapees, footprint, ipykernel
            open('connection-file', 'w').write(ipykernel.get_connection_file())
            footprint.leave('kernel.process')
            escapees.leave()
            print('left', len(escapees.NAMES), 'processes')
            """;

    private static final String SLEEP = "import time\nwhile True: time.sleep(0.1)";

    /** No other thread of the kernel runs until this is through, which takes longer than any test runs. */
    private static final String HOLD_THE_GIL = """
            import re
            open('holding', 'w').close()
            re.match(r'(a+)+$', 'a' * 60 + 'b')
            """;

    @TempDir
    Path folder;

    private Ground ground;
    private NotebookGuard guard;

    @BeforeEach
    void openTheGuard() {
        ground = new Ground(folder);
        guard = ground.guard()
                .lifecycle(l -> l.stopGrace(Duration.ofSeconds(1)))
                .build();
    }

    @AfterEach
    void closeTheGuard() {
        guard.close();
    }

    private Execution start(String... cells) {
        ground.write("notebook.ipynb", cells);
        return start(request -> request);
    }

    private Execution start(UnaryOperator<ExecutionRequest.Builder> settings) {
        return guard.run(settings.apply(ExecutionRequest.of("notebook.ipynb")).build());
    }

    private ExecutionRecord run(String... cells) {
        return ground.awaitEnd(start(cells));
    }

    private static void assertEnd(ExecutionRecord record, EndReason reason) {
        assertThat(record.outcome().reason()).as(() -> record.toString()).contains(reason);
        assertThat(record.state()).isEqualTo(reason.end());
        assertThat(record.status()).isEqualTo(ExecutionStatus.FAILED);
        assertThat(record.lifecycle().message()).isPresent();
        assertThat(record.lifecycle().endedAt()).isPresent();
    }

    private static String output(ExecutionRecord record) throws IOException {
        return Files.readString(record.outcome().output().orElseThrow());
    }

    @Test
    void aNotebookThatSucceedsGotWhatItWasGivenAndIsKept() throws Exception {
        Path elsewhere = Files.createDirectory(folder.resolve("else where"));
        ground.write("notebook.ipynb", """
                import json, os, math
                given = [text, number, share, flag, nothing, nested]
                with open('seen', 'w') as seen:
                    json.dump([repr(given), os.getcwd(), os.environ['GREETING'], 'NBGUARD_COOKIE' in os.environ], seen)
                """, "print('the', 'end')");

        ExecutionRecord record = ground.awaitEnd(start(request -> request.parameter("text", "007")
                .parameter("number", 1_000)
                .parameter("share", 1e5)
                .parameter("flag", true)
                .parameter("nothing", null)
                .parameter("nested", Map.of("list", Arrays.asList("yes", 1.5, List.of())))
                .environment("GREETING", "grüß dich")
                .workingDirectory(elsewhere)
                .owner("me")));

        assertThat(record.state()).as(record::toString).isEqualTo(ExecutionState.COMPLETED);
        assertThat(record.status()).isEqualTo(ExecutionStatus.COMPLETED);
        assertThat(record.outcome().reason()).isEmpty();
        assertThat(record.outcome().error()).isEmpty();
        assertThat(record.outcome().exitCode()).isEqualTo(OptionalInt.of(0));
        assertThat(record.owner()).contains("me");
        assertThat(record.progress()).isEqualTo(Progress.of(2, 2));
        assertThat(record.usage().cpuTime().orElseThrow()).isGreaterThan(CpuTime.ZERO);
        assertThat(record.usage().peakMemory().orElseThrow().bytes()).isGreaterThan(50L << 20);
        assertThat(record.lifecycle().startedAt().orElseThrow())
                .isBetween(
                        record.lifecycle().submittedAt(),
                        record.lifecycle().endedAt().orElseThrow());
        assertThat(record.outcome().output().orElseThrow()).hasParent(ground.outputs());
        assertThat(record.outcome().output().orElseThrow().getFileName().toString())
                .matches("notebook_exec_\\d{8}T\\d{6}Z_" + record.id().shortForm() + "\\.ipynb");
        assertThat(output(record)).contains("the end");
        String list = "['007', 1000, 100000.0, True, None, {'list': ['yes', 1.5, []]}]";
        assertThat(Files.readString(elsewhere.resolve("seen")))
                .isEqualTo("[\"" + list + "\", \"" + elsewhere + "\", \"gr\\u00fc\\u00df dich\", true]");
    }

    @Test
    void aFailingCellIsNamedAndTheOutputUpToItIsKept() throws Exception {
        ExecutionRecord record =
                run("print('before', 'it')", "raise ValueError('no ' + 'data')", "print('after', 'it')");

        assertEnd(record, EndReason.CELL_ERROR);
        assertThat(record.outcome().error()).contains("ValueError: no data (cell 2)");
        assertThat(record.lifecycle().message().orElseThrow()).contains("ValueError: no data (cell 2)");
        assertThat(output(record)).contains("before it", "no data").doesNotContain("after it");
    }

    @Test
    void exitWithZeroInACellCompletes() {
        ExecutionRecord record = run("import sys; sys.exit(0)");

        assertThat(record.state()).as(record::toString).isEqualTo(ExecutionState.COMPLETED);
        assertThat(record.outcome().reason()).isEmpty();
        assertThat(record.outcome().output()).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"os._exit(0)", "os._exit(3)", "os.kill(os.getpid(), signal.SIGKILL)"})
    void aKernelThatIsGoneHasDied(String way) throws Exception {
        ExecutionRecord record = run("print('before', 'it')", LEAVE_EVERYTHING, "import os, signal; " + way);

        assertEnd(record, EndReason.KERNEL_DIED);
        assertThat(record.outcome().error()).contains("the kernel died in cell 3");
        assertThat(output(record)).contains("before it");
        assertThat(ground.footprints()).hasSize(6);
    }

    @Test
    void aMissingKernelIsNamedWithThoseThatThereAre() {
        ground.write("notebook.ipynb", Notebook.of("1").withKernel("cobol"));

        ExecutionRecord record = ground.awaitEnd(start(request -> request));

        assertEnd(record, EndReason.START_FAILED);
        assertThat(record.outcome().error().orElseThrow()).contains("'cobol'").contains("python3");
    }

    @Test
    void aNotebookThatIsNoJsonIsNotStarted() throws Exception {
        Files.writeString(ground.notebooks().resolve("notebook.ipynb"), "{\"cells\": [");

        ExecutionRecord record = ground.awaitEnd(start(request -> request));

        assertEnd(record, EndReason.START_FAILED);
        assertThat(record.outcome().error().orElseThrow()).contains("notebook.ipynb");
        assertThat(record.outcome().output()).isEmpty();
        assertThat(record.usage().cpuTime())
                .as("nothing ran that could be measured")
                .isEmpty();
    }

    @Test
    void thirtyTwoMegabytesOfOutputAreKept() throws Exception {
        ExecutionRecord record = run(
                "import sys\nfor i in range(16): sys.stdout.write('x' * (1 << 20) + '\\n')",
                "from IPython.display import display, HTML\ndisplay(HTML('y' * (16 << 20)))");

        assertThat(record.state()).as(record::toString).isEqualTo(ExecutionState.COMPLETED);
        assertThat(Files.size(record.outcome().output().orElseThrow())).isGreaterThan(32L << 20);
    }

    @Test
    void whatRunsTooLongIsEnded() {
        ground.write("notebook.ipynb", LEAVE_EVERYTHING, SLEEP);

        Execution execution = start(request -> request.timeout(Duration.ofSeconds(5)));
        ExecutionRecord record = ground.awaitEnd(execution);

        assertEnd(record, EndReason.TIMEOUT);
        assertThat(record.lifecycle().message().orElseThrow()).contains("5s");
    }

    @Test
    void whatIsStoppedInTheQueueWasNeverStarted() {
        ground.write("notebook.ipynb", "1");
        try (NotebookGuard narrow = ground.guard().maxConcurrent(1).build()) {
            Execution first = narrow.run(ExecutionRequest.of("notebook.ipynb").build());
            Execution second = narrow.run(ExecutionRequest.of("notebook.ipynb").build());

            ExecutionRecord record = Ground.get(second.stop(StopMode.IMMEDIATE));

            assertEnd(record, EndReason.USER_STOP);
            assertThat(record.lifecycle().startedAt()).isEmpty();
            assertThat(record.outcome().output()).isEmpty();
            assertThat(ground.awaitEnd(first).state()).isEqualTo(ExecutionState.COMPLETED);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsStoppedAtOnceNeverRuns(StopMode mode) {
        Execution execution = start("open('ran', 'w').close()");

        ExecutionRecord record = Ground.get(execution.stop(mode));

        ground.assertNothingIsLeftOf(execution.id());
        assertEnd(record, EndReason.USER_STOP);
        assertThat(ground.notebooks().resolve("ran")).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsStoppedWhileItsProcessesStartNeverRuns(StopMode mode) throws Exception {
        ground.write("notebook.ipynb", "open('ran', 'w').close()");
        Path waiting = ground.notebooks().resolve("waiting");
        Path slow = pythonThatWaitsBeforePapermill(waiting);
        Execution execution = start(request -> request.python(slow));
        ground.awaitFile("waiting");
        assertThat(execution.state()).isEqualTo(ExecutionState.LAUNCHING);

        ExecutionRecord record = Ground.get(execution.stop(mode));

        ground.assertNothingIsLeftOf(execution.id());
        assertEnd(record, EndReason.USER_STOP);
        assertThat(ground.notebooks().resolve("ran")).doesNotExist();
    }

    private Path pythonThatWaitsBeforePapermill(Path waiting) throws Exception {
        Path python = PythonEnvironments.prepare(PluginConfig.EMPTY, line -> {});
        Path script = Files.writeString(folder.resolve("slow-python"), """
                #!/bin/sh
                case "$1" in */nbguard_papermill.py) touch '%s'; sleep 900 ;; esac
                exec '%s' "$@"
                """.formatted(waiting, python));
        return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    }

    @ParameterizedTest
    @EnumSource
    void whatIsStoppedInACellIsGoneWithAllThatItLeftAndItsOutputIsKept(StopMode mode) throws Exception {
        Execution execution =
                start("print('before', 'it')", LEAVE_EVERYTHING, "open('sleeping', 'w').close()\n" + SLEEP);
        ground.awaitFile("sleeping");
        assertThat(execution.state()).isEqualTo(ExecutionState.RUNNING);
        ground.assertEverythingIsThereOf(execution.id());
        assertThat(ground.footprints()).hasSize(6);

        ExecutionRecord record = Ground.get(execution.stop(mode));

        ground.assertNothingIsLeftOf(execution.id());
        assertEnd(record, EndReason.USER_STOP);
        assertThat(output(record)).contains("before it", "left 5 processes");
        assertThat(record.usage().cpuTime().orElseThrow()).isGreaterThan(CpuTime.ZERO);
    }

    @ParameterizedTest
    @EnumSource
    void aKernelThatHoldsTheGilIsStopped(StopMode mode) throws Exception {
        Execution execution = start("print('before', 'it')", LEAVE_EVERYTHING, HOLD_THE_GIL);
        ground.awaitFile("holding");

        ExecutionRecord record = Ground.get(execution.stop(mode));

        ground.assertNothingIsLeftOf(execution.id());
        assertEnd(record, EndReason.USER_STOP);
        assertThat(output(record)).contains("before it");
        assertThat(ground.footprints()).hasSize(6);
    }

    @Test
    void aGracefulStopCanBeHastened() {
        ground.write("notebook.ipynb", LEAVE_EVERYTHING, HOLD_THE_GIL);
        try (NotebookGuard patient =
                ground.guard().lifecycle(l -> l.stopGrace(Duration.ofDays(1))).build()) {
            Execution execution =
                    patient.run(ExecutionRequest.of("notebook.ipynb").build());
            ground.awaitFile("holding");
            execution.stop(StopMode.GRACEFUL);
            assertThat(execution.state()).isEqualTo(ExecutionState.TERMINATING);

            ExecutionRecord record = Ground.get(execution.stop(StopMode.IMMEDIATE));

            ground.assertNothingIsLeftOf(execution.id());
            assertEnd(record, EndReason.USER_STOP);
        }
    }

    @Test
    void whatANotebookLeavesBehindIsSeenAndDoesNotSurviveItsSuccess() throws Exception {
        Execution execution = start(LEAVE_EVERYTHING, "footprint.await_files('go-on')");

        // The tracker knows every one of them while it lives, and that it lives in this execution.
        awaitMembers(execution, 6);
        ground.signal("go-on");

        ExecutionRecord record = ground.awaitEnd(execution);
        assertThat(record.state()).as(record::toString).isEqualTo(ExecutionState.COMPLETED);
        assertThat(ground.footprints()).hasSize(6);
        assertThat(output(record)).contains("left 5 processes");
    }

    @Test
    void whatANotebookLeavesBehindDoesNotSurviveItsFailure() {
        ExecutionRecord record = run(LEAVE_EVERYTHING, "raise KeyError('x')");

        assertEnd(record, EndReason.CELL_ERROR);
        assertThat(ground.footprints()).hasSize(6);
    }

    /** The supervisor can hold on to nothing any more: what it held is known to the tracker by then. */
    @Test
    void aNotebookThatKillsItsSupervisorGoesWithAllThatItLeft() {
        Execution execution = start(LEAVE_EVERYTHING, """
                footprint.await_files('go-on')
                with open('/proc/%d/stat' % os.getppid()) as stat:
                    supervisor = int(stat.read().rpartition(')')[2].split()[1])
                os.kill(supervisor, 9)
                """, SLEEP);
        awaitMembers(execution, 6);
        ground.signal("go-on");

        ExecutionRecord record = ground.awaitEnd(execution);

        assertEnd(record, EndReason.KERNEL_DIED);
        assertThat(record.outcome().error().orElseThrow()).contains("signal 9");
    }

    /** Waits until so many processes have said who they are, and the tracker knows all of them. */
    private void awaitMembers(Execution execution, int count) {
        await().atMost(Ground.TIMEOUT).untilAsserted(() -> {
            List<Long> expected =
                    ground.footprints().stream().map(Footprint::pid).toList();
            assertThat(expected).hasSize(count);
            assertThat(members(execution)).containsAll(expected);
        });
    }

    private List<Long> members(Execution execution) {
        Optional<ExecutionSnapshot> seen = guard.snapshot().executions().stream()
                .filter(snapshot -> snapshot.id().equals(execution.id()))
                .findFirst();
        return seen.stream()
                .flatMap(snapshot -> snapshot.processes().stream())
                .map(process -> process.pid())
                .toList();
    }
}
