package io.nbguard.papermill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.execution.EndReason;
import io.nbguard.api.measure.Progress;
import io.nbguard.papermill.notebook.EvidenceReader;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.executor.ExitReport;
import io.nbguard.spi.executor.Force;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real papermill, real kernels, in the environment that nbguard makes for itself. */
@Tag("slow")
class PapermillExecutorTest {

    /** As a kernel does whose port was taken. */
    private static final String DIES = """
            print('zmq.error.ZMQError: Address already in use', file=__import__('sys').stderr)
            __import__('sys').exit(1)
            """;

    @TempDir
    Path folder;

    private RealRun start(Notebooks notebook) throws Exception {
        return RealRun.start(notebook.write(folder.resolve("notebook.ipynb")), folder, UnaryOperator.identity());
    }

    private ExitReport run(Notebooks notebook) throws Exception {
        return start(notebook).end();
    }

    private static void assertFailed(ExitReport report, int exitCode, EndReason failure, String error) {
        assertThat(report.exit().code()).isEqualTo(OptionalInt.of(exitCode));
        assertThat(report.findings().failure()).contains(failure);
        assertThat(report.findings().error()).contains(error);
    }

    @Test
    void aNotebookThatSucceedsLeavesItsOutputItsProgressAndItsProcessorTime() throws Exception {
        RealRun run = start(new Notebooks()
                .markdown("# title")
                .code("x = sum(i * i for i in range(3_000_000))")
                .code("print('the sum is', x)"));

        ExitReport report = run.end();

        assertThat(report.exit().code()).isEqualTo(OptionalInt.of(0));
        assertThat(report.exit().signal()).isEmpty();
        assertThat(report.findings().failure()).isEmpty();
        assertThat(report.findings().error()).isEmpty();
        assertThat(run.output(report)).contains("the sum is 8999995500000500000");
        assertThat(report.usage().cpuTime().orElseThrow().seconds()).isBetween(0.2, 30.0);
        assertThat(run.context.progress)
                .containsSubsequence(Progress.of(0, 3), Progress.of(1, 3), Progress.of(2, 3), Progress.of(3, 3));
        assertThat(run.context.running.getCount()).isZero();
    }

    @Test
    void everyQuickCellIsShownAlthoughTheNextOneTakesLong() throws Exception {
        RealRun run = start(Notebooks.of(
                "a = 1",
                "b = 2",
                "c = 3",
                "d = 4",
                "import os, time\nwhile not os.path.exists('go'): time.sleep(0.02)"));

        RealRun.await("four cells are shown", () -> run.context.progress.contains(Progress.of(4, 5)));
        Files.createFile(folder.resolve("go"));

        assertThat(run.end().exit().code()).isEqualTo(OptionalInt.of(0));
    }

    @Test
    void userCodeIsToldToRunWhileTheFirstCellRuns() throws Exception {
        RealRun run = start(Notebooks.of("import os, time\nwhile not os.path.exists('go'): time.sleep(0.02)"));

        run.awaitRunning();
        assertThat(run.execution.completion()).isNotDone();
        Files.createFile(folder.resolve("go"));

        assertThat(run.end().exit().code()).isEqualTo(OptionalInt.of(0));
    }

    @Test
    void parametersArriveWithExactlyTheirTypesAndValues() throws Exception {
        String cell = """
                import math
                def same(value, kind, expected):
                    assert type(value) is kind, (value, type(value), kind)
                    assert value == expected, (value, expected)
                same(s007, str, '007')
                same(yes, str, 'yes')
                same(clock, str, '12:30')
                same(exponent, str, '1e5')
                same(date, str, '2026-01-13')
                same(merge, str, '<<')
                same(equals, str, '=')
                same(tag, str, '!!python/object/apply:os.system ["id"]')
                same(braces, str, '{x} {} }{')
                same(empty, str, '')
                same(quotes, str, 'a"b\\'c\\\\d\\\\"')
                same(white, str, ' \\t\\n\\r\\n x \\x0b\\x0c ')
                same(control, str, '\\x00\\x01\\x1b[0m\\x7f\\x85\\xa0\\u2028\\ufeff')
                same(emoji, str, '\\U0001F600 \\u00e9\\u4e2d')
                same(long_text, str, 'ab \\u00e9' * 50000)
                same(magic, str, '%magic !ls ?')
                same(yes_bool, bool, True)
                same(no_bool, bool, False)
                assert nothing is None
                same(zero, int, 0)
                same(negative, int, -7)
                same(big, int, 2 ** 63)
                same(small, int, -2 ** 63)
                same(huge, int, 10 ** 4000)
                same(f1e5, float, 1e5)
                same(f1e300, float, 1e300)
                same(tiny, float, 5e-324)
                same(third, float, 1 / 3)
                same(minus_zero, float, 0.0)
                assert math.copysign(1, minus_zero) == -1
                assert type(not_a_number) is float and math.isnan(not_a_number)
                same(infinite, float, math.inf)
                same(minus_infinite, float, -math.inf)
                same(java_float, float, 0.10000000149011612)
                same(decimal, float, 12.5)
                same(no_list, list, [])
                same(no_map, dict, {})
                same(nested, list, [1, '1', 1.0, True, None, [[]], {'yes': {'<<': [], '': 0, '12:30': 'no'}}])
                assert [type(x) for x in nested] == [int, str, float, bool, type(None), list, dict]
                same(long_key, dict, {'k' * 3000: 1, 'a: b, c? {': 2, '\\U0001F600': 3})
                assert list(ordered) == ['z', 'a', 'm'], ordered
                same(\u00e9t\u00e9, str, 'summer')
                """;
        Map<String, Object> nestedMap = new LinkedHashMap<>();
        nestedMap.put("<<", List.of());
        nestedMap.put("", 0);
        nestedMap.put("12:30", "no");
        List<Object> nested = new ArrayList<>(List.of(1, "1", 1.0, true));
        nested.add(null);
        nested.add(List.of(List.of()));
        nested.add(Map.of("yes", nestedMap));
        Map<String, Object> ordered = new LinkedHashMap<>();
        ordered.put("z", 1);
        ordered.put("a", 2);
        ordered.put("m", 3);
        Path notebook =
                new Notebooks().code("s007 = 7", "parameters").code(cell).write(folder.resolve("n.ipynb"));

        RealRun run = RealRun.start(notebook, folder, request -> request.parameter("s007", "007")
                .parameter("yes", "yes")
                .parameter("clock", "12:30")
                .parameter("exponent", "1e5")
                .parameter("date", "2026-01-13")
                .parameter("merge", "<<")
                .parameter("equals", "=")
                .parameter("tag", "!!python/object/apply:os.system [\"id\"]")
                .parameter("braces", "{x} {} }{")
                .parameter("empty", "")
                .parameter("quotes", "a\"b'c\\d\\\"")
                .parameter("white", " \t\n\r\n x \u000b\f ")
                .parameter("control", "\0\u0001\u001b[0m\u007f\u0085\u00a0\u2028\ufeff")
                .parameter("emoji", "\ud83d\ude00 \u00e9\u4e2d")
                .parameter("long_text", "ab \u00e9".repeat(50_000))
                .parameter("magic", "%magic !ls ?")
                .parameter("yes_bool", true)
                .parameter("no_bool", false)
                .parameter("nothing", null)
                .parameter("zero", 0)
                .parameter("negative", (short) -7)
                .parameter("big", BigInteger.TWO.pow(63))
                .parameter("small", Long.MIN_VALUE)
                .parameter("huge", BigInteger.TEN.pow(4000))
                .parameter("f1e5", 1e5)
                .parameter("f1e300", 1e300)
                .parameter("tiny", Double.MIN_VALUE)
                .parameter("third", 1.0 / 3)
                .parameter("minus_zero", -0.0)
                .parameter("not_a_number", Double.NaN)
                .parameter("infinite", Double.POSITIVE_INFINITY)
                .parameter("minus_infinite", Double.NEGATIVE_INFINITY)
                .parameter("java_float", 0.1f)
                .parameter("decimal", new BigDecimal("12.50"))
                .parameter("no_list", List.of())
                .parameter("no_map", Map.of())
                .parameter("nested", nested)
                .parameter("long_key", Map.of("k".repeat(3000), 1, "a: b, c? {", 2, "\ud83d\ude00", 3))
                .parameter("ordered", ordered)
                .parameter("\u00e9t\u00e9", "summer"));
        ExitReport report = run.end();

        assertThat(report.findings().error()).isEmpty();
        assertThat(report.exit().code()).isEqualTo(OptionalInt.of(0));
        assertThat(run.context.progress)
                .as("the cell that papermill adds is not counted")
                .last()
                .isEqualTo(Progress.of(2, 2));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(
                        run.context.temporaryDirectory().resolve(".nbguard/parameters.yaml"))))
                .isEqualTo("rw-------");
    }

    @Test
    void parametersOnlyMakeItIntoANotebookThatSaysNothingAboutItself() throws Exception {
        Path notebook = Notebooks.of("assert answer == 42").metadata("{}").write(folder.resolve("bare.ipynb"));

        ExitReport report = RealRun.start(notebook, folder, request -> request.parameter("answer", 42))
                .end();

        assertThat(report.findings().error()).isEmpty();
        assertThat(report.exit().code()).isEqualTo(OptionalInt.of(0));
    }

    @Test
    void aFailingCellIsNamedWithItsErrorAndItsNumberInTheNotebook() throws Exception {
        Path notebook = new Notebooks()
                .markdown("# title")
                .code("year = 1", "parameters")
                .code("raise ValueError('no data for ' + str(year))")
                .code("print('never')")
                .write(folder.resolve("notebook.ipynb"));

        RealRun run = RealRun.start(notebook, folder, request -> request.parameter("year", 2026));
        ExitReport report = run.end();

        assertFailed(report, 1, EndReason.CELL_ERROR, "ValueError: no data for 2026 (cell 3)");
        assertThat(run.output(report)).contains("papermill-error-cell-tag").doesNotContain("never\\n\",");
    }

    @Test
    void anErrorThatACellMayRaiseIsNotTakenForTheOneThatEndedTheRun() throws Exception {
        ExitReport report = run(new Notebooks()
                .code("raise KeyError('expected')", "raises-exception")
                .code("raise ValueError('the real one')"));

        assertFailed(report, 1, EndReason.CELL_ERROR, "ValueError: the real one (cell 2)");
    }

    @Test
    void exitWithZeroInACellIsASuccess() throws Exception {
        ExitReport report = run(Notebooks.of("import sys; sys.exit(0)", "raise ValueError('never run')"));

        assertThat(report.exit().code()).isEqualTo(OptionalInt.of(0));
        assertThat(report.findings().failure()).isEmpty();
        assertThat(report.findings().error()).isEmpty();
        assertThat(report.output()).isPresent();
    }

    @Test
    void exitWithAnotherCodeInACellIsAnErrorOfThatCell() throws Exception {
        assertFailed(run(Notebooks.of("import sys; sys.exit(3)")), 1, EndReason.CELL_ERROR, "SystemExit: 3 (cell 1)");
    }

    @Test
    void aKernelThatExitsDies() throws Exception {
        ExitReport report = run(Notebooks.of("x = 1", "import os; os._exit(0)"));

        assertFailed(report, 138, EndReason.KERNEL_DIED, "the kernel died in cell 2");
        assertThat(report.output()).isPresent();
    }

    @Test
    void aKernelThatIsKilledDies() throws Exception {
        ExitReport report = run(Notebooks.of("import os, signal; os.kill(os.getpid(), signal.SIGKILL)"));

        assertFailed(report, 138, EndReason.KERNEL_DIED, "the kernel died in cell 1");
    }

    @Test
    void aMissingKernelIsNamedWithThoseThatThereAre() throws Exception {
        ExitReport report = run(Notebooks.of("1 + 1").kernel("julia-1.11"));

        assertThat(report.findings().failure()).contains(EndReason.START_FAILED);
        assertThat(report.findings().error().orElseThrow())
                .startsWith("kernel 'julia-1.11' is not installed for ")
                .contains("; installed: python3");
    }

    @Test
    void theRequestsKernelTakesThePlaceOfTheNotebooks() throws Exception {
        Path notebook = Notebooks.of("print(1)").kernel("julia-1.11").write(folder.resolve("notebook.ipynb"));

        ExitReport report = RealRun.start(notebook, folder, request -> request.kernel("python3"))
                .end();

        assertThat(report.exit().code()).isEqualTo(OptionalInt.of(0));
    }

    @Test
    void brokenNotebooksAreRefusedWithThePlaceWhereTheyAreBroken() throws Exception {
        Path notebook = Files.writeString(folder.resolve("broken.ipynb"), "{\"cells\": [\n  {\"cell_type\": ,}\n]}");

        assertThatThrownBy(() -> RealRun.start(notebook, folder, UnaryOperator.identity()))
                .isInstanceOfSatisfying(
                        GuardException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                .hasMessageContaining("broken.ipynb is broken JSON at line 2, column");
    }

    @Test
    void namesWithSpacesBracesUnicodeAndALeadingDashAreTakenAsTheyAre() throws Exception {
        Path odd = folder.resolve("-a {b} {} \u00e9 \ud83d\ude00");
        Path notebook = Notebooks.of("import os; print(os.getcwd())").write(odd.resolve("-n {x}.ipynb"));

        RealRun run = RealRun.start(notebook, odd, UnaryOperator.identity());
        ExitReport report = run.end();

        assertThat(report.findings().error()).isEmpty();
        assertThat(report.exit().code()).isEqualTo(OptionalInt.of(0));
        assertThat(run.output(report)).contains("-a {b} {} \u00e9 \ud83d\ude00\\n");
    }

    @Test
    void theCodeRunsInTheFolderOfItsNotebookOrInTheOneAskedFor() throws Exception {
        Path notebook = Notebooks.of("import os; assert os.getcwd() == os.environ['EXPECTED'], os.getcwd()")
                .write(folder.resolve("sub/notebook.ipynb"));
        Path other = Files.createDirectory(folder.resolve("other"));

        ExitReport own = RealRun.start(
                        notebook,
                        folder,
                        request -> request.environment(
                                "EXPECTED", notebook.getParent().toString()))
                .end();
        ExitReport asked = RealRun.start(notebook, folder, request -> request.environment("EXPECTED", other.toString())
                        .workingDirectory(other))
                .end();

        assertThat(own.findings().error()).isEmpty();
        assertThat(asked.findings().error()).isEmpty();
    }

    @Test
    void modulesBesideTheNotebookAreTheNotebooksAndDoNotBreakPapermill() throws Exception {
        Files.writeString(folder.resolve("tqdm.py"), "raise RuntimeError('this is not the tqdm of papermill')");
        Files.writeString(folder.resolve("yaml.py"), "mine = True");

        ExitReport report = run(Notebooks.of("import yaml; assert yaml.mine"));

        assertThat(report.findings().error()).isEmpty();
    }

    @Test
    void theNotebookSeesAPrivateTemporaryFolderAndItsEnvironmentActivated() throws Exception {
        RealRun run = start(Notebooks.of("""
                import os, sys, tempfile, shutil
                assert tempfile.gettempdir().endswith('/tmp'), tempfile.gettempdir()
                assert os.environ['JUPYTER_RUNTIME_DIR'].startswith(tempfile.gettempdir())
                assert shutil.which('python') == os.path.join(sys.prefix, 'bin', 'python')
                assert sys.prefix == os.environ['VIRTUAL_ENV']
                assert not [n for n in os.environ if n.startswith(('TQDM_', 'NBGUARD_')) and n != 'NBGUARD_COOKIE']
                try:
                    open('/dev/tty')
                    raise AssertionError('a terminal')
                except OSError:
                    pass
                """));

        assertThat(run.end().findings().error()).isEmpty();
    }

    @Test
    void nothingThatANotebookLeavesBehindSurvivesIt() throws Exception {
        RealRun run = start(Notebooks.of(Daemons.SOURCE));

        ExitReport report = run.end();

        assertThat(report.findings().error()).isEmpty();
        assertThat(report.exit().code()).isEqualTo(OptionalInt.of(0));
        assertThat(Daemons.pids(folder)).hasSize(Daemons.COUNT).noneMatch(RealRun::lives);
    }

    @Test
    void nothingSurvivesAKill() throws Exception {
        RealRun run = start(Notebooks.of(Daemons.SOURCE, Daemons.HOLD_THE_GIL));
        run.awaitRunning();
        RealRun.await("the daemons run", () -> Daemons.pids(folder).size() == Daemons.COUNT + 1);
        assertThat(Daemons.pids(folder)).allMatch(RealRun::lives);

        run.execution.stop(Force.KILL);
        ExitReport report = run.end();

        assertThat(report.exit().signal()).isEqualTo(OptionalInt.of(9));
        assertThat(report.exit().code()).isEmpty();
        assertThat(report.findings().failure()).isEmpty();
        assertThat(Daemons.pids(folder)).hasSize(Daemons.COUNT + 1).noneMatch(RealRun::lives);
        assertThat(run.output(report)).as("the partial output").contains("\"status\": \"running\"");
        assertThat(report.usage().cpuTime()).isPresent();
    }

    @Test
    void nothingSurvivesTheDeathOfTheHost() throws Exception {
        RealRun run = start(Notebooks.of(Daemons.SOURCE, Daemons.HOLD_THE_GIL));
        RealRun.await("the daemons run", () -> Daemons.pids(folder).size() == Daemons.COUNT + 1);

        // All that the death of this JVM would change: the pipe's last writer is gone.
        run.context.group.process().getOutputStream().close();
        run.end();

        assertThat(Daemons.pids(folder)).hasSize(Daemons.COUNT + 1).noneMatch(RealRun::lives);
    }

    @Test
    void aFamilyThatForksFasterThanItCanBeFoundIsPutOut() throws Exception {
        RealRun run = start(Notebooks.of("""
                import os, time
                if os.fork() == 0:
                    os.setsid()
                    # A family that replaces itself: parents exit as soon as they have a child.
                    for generation in range(10**9):
                        if os.fork() != 0:
                            os._exit(0)
                        if generation == 100: open('hundred', 'w').close()
                """, "while not os.path.exists('hundred'): time.sleep(0.02)"));

        ExitReport report = run.end();

        assertThat(report.exit().code()).isEqualTo(OptionalInt.of(0));
        assertThat(RealRun.livingIn(folder))
                .as("generations in the notebook's folder")
                .isEmpty();
    }

    @Test
    void anInterruptLetsPapermillEndTheKernelAndKeepTheOutput() throws Exception {
        RealRun run = start(Notebooks.of("print('kept')", "import time; time.sleep(600)"));
        RealRun.await("the second cell runs", () -> run.context.progress.contains(Progress.of(1, 2)));

        run.execution.stop(Force.INTERRUPT);
        ExitReport report = run.end();

        assertThat(report.exit().code()).isEqualTo(OptionalInt.of(1));
        assertThat(report.findings().failure()).contains(EndReason.EXECUTOR_FAILED);
        assertThat(report.findings().error()).contains("papermill was interrupted");
        assertThat(run.output(report)).contains("kept\\n");
    }

    @Test
    void aTerminationEndsPapermillAtOnceAndTheKernelWithIt() throws Exception {
        RealRun run = start(Notebooks.of("print('kept')", "import time; time.sleep(600)"));
        RealRun.await("the second cell runs", () -> run.context.progress.contains(Progress.of(1, 2)));

        run.execution.stop(Force.TERMINATE);
        ExitReport report = run.end();

        assertThat(report.exit().signal()).isEqualTo(OptionalInt.of(15));
        assertThat(report.findings().error()).contains("papermill was ended by SIGTERM");
        assertThat(run.output(report)).contains("kept\\n");
    }

    @Test
    void signalsAfterTheEndDoNothing() throws Exception {
        RealRun run = start(Notebooks.of("1"));
        ExitReport report = run.end();

        run.execution.stop(Force.INTERRUPT);
        run.execution.stop(Force.TERMINATE);
        run.execution.stop(Force.KILL);

        assertThat(run.execution.completion().get()).isSameAs(report);
    }

    @Test
    void aKillWhilePapermillStillStartsEndsIt() throws Exception {
        RealRun run = start(Notebooks.of("1"));

        run.execution.stop(Force.KILL);
        ExitReport report = run.end();

        assertThat(report.exit().code()).isEmpty();
        assertThat(report.exit().signal()).isEqualTo(OptionalInt.of(9));
    }

    @Test
    void aDeadSupervisorIsToldOfAndEndsTheRun() throws Exception {
        RealRun run = start(Notebooks.of("""
                import os, time
                open('part', 'w').write(f'{os.getppid()} {os.getpid()}'); os.rename('part', 'pids')
                time.sleep(600)
                """));
        RealRun.await("the ids are known", () -> Files.exists(folder.resolve("pids")));

        run.context.group.process().destroyForcibly();
        ExitReport report = run.execution.completion().get(RealRun.TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        // The group of this test knows only the supervisor; a real one would have ended the others already.
        for (String pid : Files.readString(folder.resolve("pids")).split(" ")) {
            ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
            RealRun.await(pid + " is dead", () -> !RealRun.lives(Long.parseLong(pid)));
        }
        run.end();

        assertThat(report.exit().code()).isEmpty();
        assertThat(report.findings().failure()).contains(EndReason.KERNEL_DIED);
        assertThat(report.findings().error().orElseThrow()).contains("the supervisor was ended by signal 9");
    }

    @Test
    void twentyMegabytesOfOutputAreKept() throws Exception {
        RealRun run = start(Notebooks.of("print('0123456789abcde\\n' * 1_250_000)", "raise ValueError('after it')"));

        ExitReport report = run.end();

        assertFailed(report, 1, EndReason.CELL_ERROR, "ValueError: after it (cell 2)");
        assertThat(Files.size(report.output().orElseThrow())).isGreaterThan(20_000_000);
    }

    @Test
    void theStagedOutputIsWholeWheneverItIsLookedAt() throws Exception {
        Notebooks notebook = new Notebooks();
        for (int i = 0; i < 30; i++) {
            notebook.code("print('x' * 1_000_000)");
        }
        RealRun run = start(notebook);
        Path staged = run.context.stagingDirectory().resolve("executed.ipynb");

        int looks = 0;
        while (!run.execution.completion().isDone()) {
            if (Files.exists(staged)) {
                assertThat(EvidenceReader.read(staged, false).whole()).isTrue();
                looks++;
            }
        }

        assertThat(run.end().findings().error()).isEmpty();
        assertThat(looks).isGreaterThan(3);
    }

    @Test
    void whatAKernelWritesToTheConsoleItselfDoesNoHarm() throws Exception {
        RealRun run = start(Notebooks.of("import subprocess, sys", """
                # Past ipykernel, to the console of papermill.
                pid = __import__('os').getppid()
                with open(f'/proc/{pid}/fd/2', 'wb') as console:
                    for i in range(200): console.write(b'x' * 100_000)
                    console.write(b'\\n\\xff\\xfe Executing:  50%|###| 1/2 [nonsense\\r\\n')
                """));

        ExitReport report = run.end();

        assertThat(report.exit().code()).isEqualTo(OptionalInt.of(0));
        assertThat(run.context.progress).last().isEqualTo(Progress.of(2, 2));
    }

    @Test
    void aKernelThatDiesWhileStartingIsStartedAgain() throws Exception {
        RealRun run = startWithKernel("""
                import os
                if not os.path.exists('died'):
                    open('died', 'w').close()
                """ + DIES.indent(4));
        ExitReport report = run.end();

        assertThat(report.findings().error()).isEmpty();
        assertThat(report.exit().code()).isEqualTo(OptionalInt.of(0));
        assertThat(run.context.notes).containsOnlyOnce("the kernel died while starting; trying again");
    }

    @Test
    void aKernelThatAlwaysDiesWhileStartingIsGivenUpWithItsOwnError() throws Exception {
        RealRun run = startWithKernel(DIES);
        ExitReport report = run.end();

        assertFailed(
                report,
                1,
                EndReason.START_FAILED,
                "kernel 'slow' died while starting: zmq.error.ZMQError: Address already in use");
        assertThat(run.context.notes)
                .filteredOn("the kernel died while starting; trying again"::equals)
                .hasSize(2);
        assertThat(run.context.running.getCount()).as("no user code ran").isOne();
    }

    @Test
    void noOtherProcessGetsAKernelsPortsBeforeIt() throws Exception {
        RealRun run = startWithKernel("""
                import json, socket, sys
                connection = json.load(open(sys.argv[1]))
                ports = [port for name, port in connection.items() if name.endswith('_port')]
                for port in ports:
                    thief = socket.socket()
                    try:
                        thief.bind((connection['ip'], port))
                        thief.listen()
                    except OSError:
                        open(f'{port}-was-kept', 'w').close()
                    else:
                        thief.set_inheritable(True)
                        open(f'{port}-was-taken', 'w').close()
                """);
        ExitReport report = run.end();

        assertThat(report.findings().error()).isEmpty();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.contains("-was-")))
                    .hasSize(5)
                    .allMatch(name -> name.endsWith("-was-kept"));
        }
    }

    /** Runs with a kernel that does something before it starts. Its folder is the notebook's, its argument the connection. */
    private RealRun startWithKernel(String before) throws Exception {
        Path script = Files.writeString(folder.resolve("slow.py"), before + """
                import os, sys
                os.execv(sys.executable, [sys.executable, '-m', 'ipykernel_launcher', '-f', sys.argv[1]])
                """);
        Path spec = Files.createDirectories(folder.resolve("jupyter/kernels/slow"));
        Files.writeString(
                spec.resolve("kernel.json"),
                "{\"argv\": [\"python\", \"" + script
                        + "\", \"{connection_file}\"], \"display_name\": \"slow\", \"language\": \"python\"}");
        Path notebook = Notebooks.of("print(1)").kernel("slow").write(folder.resolve("notebook.ipynb"));
        return RealRun.start(
                notebook,
                folder,
                request -> request.environment(
                        "JUPYTER_PATH", folder.resolve("jupyter").toString()));
    }

    @Test
    void aPythonWithoutPapermillIsNamedWithTheCure() throws Exception {
        Path bare = folder.resolve("bare");
        Path base = PythonEnvironments.prepare(PluginConfig.EMPTY, note -> {}).toRealPath();
        assertThat(new ProcessBuilder(base.toString(), "-m", "venv", "--without-pip", bare.toString())
                        .start()
                        .waitFor())
                .isZero();
        Path notebook = Notebooks.of("1").write(folder.resolve("notebook.ipynb"));

        RealRun run = RealRun.start(
                notebook,
                folder,
                UnaryOperator.identity(),
                new PluginConfig(Map.of("papermill.python", bare.toString())));
        ExitReport report = run.end();

        assertThat(report.findings().failure()).contains(EndReason.START_FAILED);
        assertThat(report.findings().error().orElseThrow())
                .startsWith(bare + "/bin/python has no papermill. Install it: " + bare
                        + "/bin/python -m pip install papermill ipykernel");
    }

    @Test
    void whatIsNoPythonAtAllIsToldOf() throws Exception {
        Path notebook = Notebooks.of("1").write(folder.resolve("notebook.ipynb"));

        RealRun run = RealRun.start(notebook, folder, request -> request.python(Path.of("/bin/false")));
        ExitReport report = run.end();

        assertThat(report.findings().failure()).contains(EndReason.START_FAILED);
        assertThat(report.findings().error().orElseThrow()).contains("/bin/false did not run to its end");
    }

    @Test
    void aWorkingDirectoryThatIsNoneIsRefused() throws Exception {
        Path notebook = Notebooks.of("1").write(folder.resolve("notebook.ipynb"));

        assertThatThrownBy(() ->
                        RealRun.start(notebook, folder, request -> request.workingDirectory(folder.resolve("nowhere"))))
                .isInstanceOf(GuardException.class)
                .hasMessageContaining("nowhere is not a folder");
    }
}
