package io.nbguard.papermill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.resource.ResourceSpec;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.executor.ExitReport;
import io.nbguard.spi.executor.Force;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people's notebooks really contain, with real papermill and real kernels. */
@Tag("slow")
class RealNotebooksTest {

    @TempDir
    Path folder;

    private RealRun start(Notebooks notebook) throws Exception {
        return RealRun.start(notebook.write(folder.resolve("notebook.ipynb")), folder, UnaryOperator.identity());
    }

    private ExitReport run(Notebooks notebook) throws Exception {
        return start(notebook).end();
    }

    private static void assertCellError(ExitReport report, String... words) {
        assertThat(report.exit().code()).isEqualTo(OptionalInt.of(1));
        assertThat(report.findings().failure()).contains(EndReason.CELL_ERROR);
        assertThat(report.findings().error().orElseThrow()).contains(words);
    }

    private static void assertCompleted(ExitReport report) {
        assertThat(report.findings().error()).isEmpty();
        assertThat(report.findings().failure()).isEmpty();
        assertThat(report.exit().code()).isEqualTo(OptionalInt.of(0));
    }

    @Test
    void aNotebookLearnsItsLimitsFromItsEnvironmentAndWhatTheRequestSetsStays() throws Exception {
        RealRun run = RealRun.start(
                Notebooks.of(
                                "import os",
                                "print({k: os.environ.get(k) for k in "
                                        + "['NBGUARD_MEMORY_LIMIT', 'NBGUARD_CPU_LIMIT', 'OMP_NUM_THREADS', 'MKL_NUM_THREADS']})")
                        .write(folder.resolve("notebook.ipynb")),
                folder,
                request -> request.limits(ResourceSpec.builder()
                                .memory(ByteSize.parse("2g"))
                                .cpus(1.5)
                                .build())
                        .environment("MKL_NUM_THREADS", "7"));
        ExitReport report = run.end();

        assertCompleted(report);
        assertThat(run.output(report))
                .contains("{'NBGUARD_MEMORY_LIMIT': '2147483648', 'NBGUARD_CPU_LIMIT': '1.5', 'OMP_NUM_THREADS': '"
                        // What this JVM has in its environment stays, too.
                        + System.getenv().getOrDefault("OMP_NUM_THREADS", "2")
                        + "', 'MKL_NUM_THREADS': '7'}");
    }

    // What failed.

    @ParameterizedTest
    @CsvSource({
        "%nosuchmagic 1, UsageError, nosuchmagic",
        "%%nosuchcell, UsageError, nosuchcell",
        "%run no_such_file.py, Exception, no_such_file",
        "%timeit -n, UsageError, ''",
        "%load_ext no_such_extension, ModuleNotFoundError, no_such_extension",
    })
    void aFailingMagicIsNamedAndEndsTheNotebook(String magic, String kind, String what) throws Exception {
        RealRun run = start(Notebooks.of("print('first')", magic + "\n", "open('ran-on', 'w')"));
        ExitReport report = run.end();

        assertCellError(report, kind, what, "(cell 2)");
        assertThat(folder.resolve("ran-on")).doesNotExist();
        assertThat(run.output(report))
                .as("the notebook says it too")
                .contains("\"output_type\": \"error\"")
                .contains(kind);
        assertThat(run.context.progress).last().isEqualTo(Progress.of(1, 3));
    }

    @Test
    void anErrorOf20MillionCharactersIsNamedAndItsNotebookIsKept() throws Exception {
        RealRun run = start(Notebooks.of("print('kept')", "raise RuntimeError('status 500: ' + 'z' * 20_000_000)"));
        ExitReport report = run.end();

        assertCellError(report, "RuntimeError: status 500: zzz", "… (cell 2)");
        assertThat(report.findings().error().orElseThrow()).hasSizeLessThan(3000);
        assertThat(Files.size(report.output().orElseThrow())).isGreaterThan(20_000_000);
    }

    @Test
    void aCellThatMayRaiseDoes() throws Exception {
        RealRun run = start(new Notebooks()
                .code("print('one')")
                .code("1/0", "raises-exception")
                .code("print('ran to', 'the end')"));
        ExitReport report = run.end();

        assertCompleted(report);
        assertThat(run.output(report)).contains("ZeroDivisionError").contains("ran to the end");
        assertThat(run.context.progress).last().isEqualTo(Progress.of(3, 3));
    }

    @Test
    void anErrorThatIsAllowedIsNeitherTakenForAFailingMagicNorForAnExit() throws Exception {
        Notebooks allowed = new Notebooks().code("1/0", "raises-exception");

        assertCellError(run(allowed.code("%nosuchmagic")), "UsageError", "nosuchmagic", "(cell 2)");
        assertCompleted(run(new Notebooks().code("1/0", "raises-exception").code("import sys; sys.exit(0)")));
    }

    @Test
    void anExitByACellIsSaidInTheRecord() throws Exception {
        RealRun run = start(Notebooks.of("x = 1", "import sys; sys.exit()", "x = 3"));
        ExitReport report = run.end();

        assertCompleted(report);
        assertThat(report.findings().remarks()).containsExactly("cell 2 of 3 ended it by sys.exit()");
        assertThat(run.context.progress).last().isEqualTo(Progress.of(1, 3));
    }

    @Test
    void aCellThatWasCutOffOrFailedOrDiedIsNotDone() throws Exception {
        RealRun failed = start(Notebooks.of("x = 1", "1/0", "x = 3"));
        failed.end();
        RealRun died = start(Notebooks.of("x = 1", "import os; os._exit(1)", "x = 3"));
        ExitReport report = died.end();
        RealRun cut = start(Notebooks.of("x = 1", "open('second', 'w'); import time; time.sleep(600)"));
        RealRun.await("the second cell runs", () -> Files.exists(folder.resolve("second")));
        cut.execution.stop(Force.INTERRUPT);
        cut.end();

        assertThat(failed.context.progress).last().isEqualTo(Progress.of(1, 3));
        assertThat(died.context.progress).last().isEqualTo(Progress.of(1, 3));
        assertThat(cut.context.progress).last().isEqualTo(Progress.of(1, 2));
        assertThat(died.output(report)).as("the metadata is true").contains("\"status\": \"failed\"", "\"pending\"");
    }

    /** With papermill 2.5.0: from 2.6 on it ends with 1 by itself. */
    @Test
    void anOlderPapermillThatCallsAFailingMagicASuccessIsNotBelieved() throws Exception {
        Path python = PythonEnvironments.prepare(PluginConfig.EMPTY, note -> {});
        Path old = folder.resolve("old");
        assertThat(new ProcessBuilder(
                                python.toString(),
                                "-m",
                                "pip",
                                "install",
                                "-q",
                                "--no-deps",
                                "--target",
                                old.toString(),
                                "papermill==2.5.0")
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
        UnaryOperator<ExecutionRequest.Builder> withOld = request -> request.environment("PYTHONPATH", old.toString());
        Path failing =
                Notebooks.of("print(1)", "%sql select 1", "open('ran-on', 'w')").write(folder.resolve("n.ipynb"));
        Path good = Notebooks.of("import papermill; print('this is', papermill.__version__)")
                .write(folder.resolve("good.ipynb"));

        ExitReport report = RealRun.start(failing, folder, withOld).end();
        RealRun fine = RealRun.start(good, folder, withOld);

        assertThat(report.findings().failure()).contains(EndReason.CELL_ERROR);
        assertThat(report.findings().error().orElseThrow()).contains("%sql", "(cell 2)");
        assertThat(folder.resolve("ran-on")).doesNotExist();
        ExitReport done = fine.end();
        assertCompleted(done);
        assertThat(fine.output(done)).contains("this is 2.5.0");
    }

    // What is printed.

    @Test
    void whatProgramsOfACellPrintIsNeitherProgressNorANote() throws Exception {
        RealRun run = start(Notebooks.of(
                "print('one')", """
                import os, subprocess, time
                subprocess.run(['sh', '-c', 'printf "\\\\rExecuting: 100%|####| 90/90 [00:01<00:00, 1.0cell/s]" >&2'])
                subprocess.run(['sh', '-c', 'i=0; while [ $i -lt 300 ]; do echo "nbguard: the disk is broken $i"; i=$((i+1)); done'])
                subprocess.run(['sh', '-c', 'echo \\'{"is": "progress", "done": 90, "total": 90}\\' | tee /dev/stderr'])
                # To the console of papermill itself.
                with open(f'/proc/{os.getppid()}/fd/2', 'w') as console:
                    console.write('\\n{"is": "progress", "done": 90, "total": 90}\\nnbguard: broken\\n')
                """, "import os; print('seen', os.listdir(os.environ['TMPDIR'] + '/.nbguard'))"));
        ExitReport report = run.end();

        assertCompleted(report);
        assertThat(run.context.progress)
                .containsExactly(Progress.of(0, 3), Progress.of(1, 3), Progress.of(2, 3), Progress.of(3, 3));
        assertThat(run.context.notes).isEmpty();
        assertThat(run.output(report)).contains("seen").doesNotContain("nbguard_channel'");
    }

    @Test
    void noChildInheritsTheChannel() throws Exception {
        RealRun run = start(Notebooks.of("""
                import os, subprocess, sys
                mine = [os.readlink(f'/proc/self/fd/{fd}') for fd in os.listdir('/proc/self/fd') if os.path.exists(f'/proc/self/fd/{fd}')]
                theirs = subprocess.run(['ls', '-l', '/proc/self/fd'], capture_output=True, text=True).stdout
                assert not [name for name in mine if 'nbguard_channel' in name], mine
                assert 'nbguard_channel' not in theirs, theirs
                """));

        assertCompleted(run.end());
    }

    @Test
    void aNotebookThatRunsPapermillHasItsOwnProgress() throws Exception {
        Files.writeString(
                folder.resolve("inner.ipynb"),
                Notebooks.of("a = 1", "b = 2", "c = 3", "d = 4").json());
        RealRun run = start(Notebooks.of(
                "import sys, subprocess\nsubprocess.run([sys.executable, '-m', 'papermill', 'inner.ipynb', 'out.ipynb'],"
                        + " check=True)",
                "x = 1"));

        assertCompleted(run.end());
        assertThat(folder.resolve("out.ipynb")).exists();
        assertThat(run.context.progress).containsExactly(Progress.of(0, 2), Progress.of(1, 2), Progress.of(2, 2));
    }

    @Test
    void aFloodOfOutputIsThereInFullBesideBusyNeighbours() throws Exception {
        List<Process> busy = new ArrayList<>();
        try {
            for (int i = 0; i < 12; i++) {
                busy.add(new ProcessBuilder("sh", "-c", "while :; do :; done").start());
            }
            RealRun run = start(Notebooks.of("""
                    import sys
                    for i in range(20000):
                        sys.stdout.write('%06d;' % i)
                        sys.stdout.flush()
                    print('hi-end')
                    """, "print('second')"));
            ExitReport report = run.execution.completion().get(10, TimeUnit.MINUTES);

            assertCompleted(report);
            assertThat(report.findings().remarks()).isEmpty();
            String output = run.output(report);
            for (int i = 0; i < 20_000; i++) {
                assertThat(output.contains(String.format("%06d;", i)))
                        .as("chunk " + i)
                        .isTrue();
            }
            assertThat(output).contains("hi-end", "second");
        } finally {
            busy.forEach(Process::destroyForcibly);
        }
    }

    @Test
    void aKernelThatLosesMessagesIsToldOf() throws Exception {
        // A kernel that holds on to as few messages as possible and never waits: this is what others than ipykernel do.
        RealRun run = RealRun.start(
                withKernel(
                        "lossy",
                        "other",
                        """
                        import sys
                        import ipykernel.kernelapp as app
                        from jupyter_client.session import Session
                        send = Session.send
                        def losing(self, stream, message, *args, **kwargs):
                            if isinstance(message, dict) and message['content'].get('text', '').startswith('lost'):
                                return message
                            return send(self, stream, message, *args, **kwargs)
                        Session.send = losing
                        app.launch_new_instance(['-f', sys.argv[1]])
                        """,
                        Notebooks.of(
                                "print('kept', flush=True); print('lost', flush=True); print('kept too', flush=True)")),
                folder,
                this::withJupyterPath);
        ExitReport report = run.end();

        assertCompleted(report);
        // What has not come yet when the last cell is over counts as well: one or two.
        assertThat(report.findings().remarks())
                .singleElement()
                .asString()
                .matches("output is missing: [12] messages of its kernel were lost, which printed faster than could be"
                        + " read");
        assertThat(run.context.notes).isEqualTo(report.findings().remarks());
    }

    // Kernels.

    private static final String PLAIN_KERNEL =
            "import sys; from ipykernel import kernelapp; kernelapp.launch_new_instance(['-f', sys.argv[1]])\n";

    private ExecutionRequest.Builder withJupyterPath(ExecutionRequest.Builder request) {
        return request.environment("JUPYTER_PATH", folder.resolve("jupyter").toString());
    }

    @Test
    void aNotebookThatSaysNoLanguageHasThatOfItsInstalledKernel() throws Exception {
        Notebooks asks = new Notebooks().code("year = 1", "parameters").code("assert year == 2026, year");
        Path notebook = withKernel("conda-env-shop-py", "python", PLAIN_KERNEL, asks);
        Path bare = Notebooks.of("assert year == 2026, year").metadata("{}").write(folder.resolve("bare.ipynb"));

        assertCompleted(RealRun.start(
                        notebook, folder, request -> withJupyterPath(request).parameter("year", 2026))
                .end());
        assertCompleted(RealRun.start(bare, folder, request -> withJupyterPath(request)
                        .kernel("conda-env-shop-py")
                        .parameter("year", 2026))
                .end());
    }

    @Test
    void aKernelThatTakesTooLongToStartIsToldWithTheSettingForIt() throws Exception {
        Path notebook = withKernel("sleepy", "python", "import time; time.sleep(600)", Notebooks.of("1"));

        ExitReport report = RealRun.start(
                        notebook,
                        folder,
                        this::withJupyterPath,
                        new PluginConfig(Map.of("papermill.kernel.timeout", "PT1S")))
                .end();

        assertThat(report.findings().failure()).contains(EndReason.START_FAILED);
        assertThat(report.findings().error())
                .contains("kernel 'sleepy' did not start in time: Kernel didn't respond in 1 seconds."
                        + " papermill.kernel.timeout (nbguard run --kernel-timeout) gives it longer");
    }

    private static final String TIDIES_UP = """
            import atexit, os, time
            def tidy():
                open('tidying', 'w').close()
                while not os.path.exists('go'): time.sleep(0.02)
                open('tidied', 'w').close()
            atexit.register(tidy)
            """;

    @Test
    void whatAKernelDoesAtItsExitIsWaitedFor() throws Exception {
        RealRun run = start(Notebooks.of(TIDIES_UP));
        RealRun.await("it tidies up", () -> Files.exists(folder.resolve("tidying")));
        // Longer than the two and a half seconds that Jupyter gives it.
        assertThat(run.context.group.process().waitFor(4, TimeUnit.SECONDS)).isFalse();
        Files.createFile(folder.resolve("go"));
        ExitReport report = run.end();

        assertCompleted(report);
        assertThat(report.findings().remarks()).isEmpty();
        assertThat(folder.resolve("tidied")).exists();
    }

    @Test
    void whatAKernelDoesForTooLongAtItsExitIsCutOffAndTold() throws Exception {
        Path notebook = Notebooks.of(TIDIES_UP).write(folder.resolve("notebook.ipynb"));
        RealRun run = RealRun.start(
                notebook, folder, UnaryOperator.identity(), new PluginConfig(Map.of("papermill.exit.timeout", "PT1S")));
        ExitReport report = run.end();

        assertCompleted(report);
        assertThat(report.findings().remarks())
                .containsExactly(
                        "its kernel did not end within 1 s after the last cell and was ended: what it does at its"
                                + " exit may be incomplete; papermill.exit.timeout gives it longer");
        assertThat(folder.resolve("tidied")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"papermill.kernel.timeout", "papermill.exit.timeout"})
    void aSettingThatIsNoDurationIsRefusedBeforeAnythingRuns(String name) {
        for (String value : List.of("soon", "90 min", "PT0S", "P2D")) {
            assertThat(new PapermillExecutor()
                            .check(new PluginConfig(Map.of(name, value)))
                            .checks())
                    .singleElement()
                    .satisfies(check -> assertThat(check.finding())
                            .startsWith(name + ": '" + value + "' is ")
                            .contains(": expected "));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "!read x; echo \"x=$x\"",
                "import os; os.system('read x')",
                "%%bash\nread x; echo \"x=$x\"",
                "y = !cat",
                "import subprocess; subprocess.run(['cat'])",
                "print(open('/dev/stdin').read())"
            })
    void nothingThatReadsWaitsForInput(String source) throws Exception {
        RealRun run = start(Notebooks.of(source, "print('next')"));
        ExitReport report = run.end();

        // In two pieces, if the kernel sends the end of the line later.
        assertThat(run.output(report)).containsPattern("\"next(\\\\n)?\"");
        assertCompleted(report);
    }

    /** The moment in which ipykernel's threads miss each other at a kernel's end, which takes a busy machine otherwise. */
    @Test
    void whatIsHandedToAPublishingThreadThatEndsIsNotWaitedForForEver() throws Exception {
        RealRun run = start(Notebooks.of("""
                import sys, threading, zmq
                sys.path.insert(0, '%s')
                import nbguard_kernel
                from ipykernel.iostream import IOPubThread
                entered, done = threading.Event(), threading.Event()
                class Ending(IOPubThread):
                    @property
                    def _event_pipe(self):
                        pipe = super()._event_pipe
                        if threading.current_thread().name == 'late':
                            closed = threading.Event()
                            self.io_loop.add_callback(lambda: (self._event_puller.close(), closed.set()))
                            closed.wait(20)
                            while pipe.poll(10, zmq.POLLOUT):
                                pass
                            entered.set()
                        return pipe
                thread = Ending(zmq.Context().socket(zmq.PUB))
                thread.start()
                nbguard_kernel.hand_over_to(thread)
                threading.Thread(target=lambda: thread.schedule(done.set), name='late', daemon=True).start()
                assert entered.wait(20)
                thread.stop()
                assert done.wait(20)
                """.formatted(
                        Path.of("src/main/resources/io/nbguard/papermill/run").toAbsolutePath())));

        assertCompleted(run.end());
    }

    @Test
    void aCommandKnowsTheVariablesAndTheExitCodeAsItDidBefore() throws Exception {
        RealRun run = start(Notebooks.of(
                """
                def greet(who):
                    !echo "hello {who}"; exit 3
                greet('you')
                print('code', _exit_code)
                """,
                "assert not [name for name in dir() if 'nbguard' in name or name in ('shell', 'set_up', 'zmqshell')]"));
        ExitReport report = run.end();

        assertCompleted(report);
        assertThat(run.output(report)).contains("hello you").contains("code 3");
    }

    // Files.

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE"})
    void aNotebookWithAByteOrderMarkRuns(String charset) throws Exception {
        Path notebook = folder.resolve("notebook.ipynb");
        Files.write(
                notebook,
                ("\ufeff" + Notebooks.of("assert 'grün' == 'gr\\xfcn'").json()).getBytes(Charset.forName(charset)));

        RealRun run = RealRun.start(notebook, folder, UnaryOperator.identity());

        assertCompleted(run.end());
    }

    @Test
    void aNotebookThatIsNotUnicodeIsRefusedBeforeAnythingStarts() throws Exception {
        Path notebook = folder.resolve("latin1.ipynb");
        Files.write(notebook, Notebooks.of("print('grün')").json().getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> RealRun.start(notebook, folder, UnaryOperator.identity()))
                .isInstanceOfSatisfying(
                        GuardException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                .hasMessageEndingWith(
                        "latin1.ipynb is not UTF-8, nor begins with the byte order mark of another Unicode encoding");
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "\"parameters\"", "[1, null, \"parameters\"]", "{}", "[]"})
    void tagsOfAnyShapeDoNotKeepANotebookFromRunning(String tags) throws Exception {
        Path notebook = folder.resolve("notebook.ipynb");
        String json = new Notebooks()
                .code("year = 1", "x")
                .code("assert year == 2026 or year == 1")
                .json();
        Files.writeString(notebook, json.replace("[\"x\"]", tags));

        assertCompleted(RealRun.start(notebook, folder, request -> request.parameter("year", 2026))
                .end());
    }

    @ParameterizedTest
    @ValueSource(strings = {"markdown", "raw"})
    void aParametersTagOnACellWithoutCodeSaysWhereTheValuesGo(String kind) throws Exception {
        Path notebook = folder.resolve("notebook.ipynb");
        String json = new Notebooks()
                .code("year = 1")
                .markdown("year = 3")
                .code("assert year == 2026, year")
                .json();
        Files.writeString(
                notebook,
                json.replace("\"cell_type\": \"markdown\"", "\"cell_type\": \"" + kind + "\"")
                        .replace(
                                "\"id\": \"c1\", \"metadata\": {\"tags\": []}",
                                "\"id\": \"c1\", \"metadata\": {\"tags\":" + " [\"parameters\"]}"));
        assertThat(NotebookOutline.read(notebook).parametersCell()).hasValue(1);

        RealRun run = RealRun.start(notebook, folder, request -> request.parameter("year", 2026));

        assertCompleted(run.end());
        assertThat(run.context.progress).last().isEqualTo(Progress.of(3, 3));
    }

    // Disks.

    /** How the executed notebook is called while it is written, for a notebook that gets in the way. */
    private static final String PART = "executed.ipynb.part";

    @Test
    void aDiskThatIsFullForAWhileIsToldAndStopsNothing() throws Exception {
        Path notebook = Notebooks.of(
                        "import os; os.symlink('/dev/full', os.path.join(os.environ['TMPDIR'], '../staging/" + PART
                                + "'))",
                        "print('went', 'on')")
                .write(folder.resolve("notebook.ipynb"));
        RealRun run = RealRun.start(notebook, folder, UnaryOperator.identity());
        ExitReport report = run.end();

        assertCompleted(report);
        assertThat(run.output(report)).contains("went on");
        assertThat(run.context.notes)
                .containsExactly(
                        "the executed notebook cannot be written (No space left on device): it goes on",
                        "the executed notebook can be written again");
    }

    @Test
    void anOutputThatCannotBeWrittenIsNoErrorOfACellAndWhatWasWrittenIsKept() throws Exception {
        // Papermill may write no file of more than 200 kB from the second cell on.
        RealRun run = start(Notebooks.of("print('kept')", """
                import os, resource
                resource.prlimit(os.getppid(), resource.RLIMIT_FSIZE, (200_000, 200_000))
                print('x' * 300_000)
                """));
        ExitReport report = run.end();

        assertThat(report.exit().code()).isEqualTo(OptionalInt.of(1));
        assertThat(report.findings().failure()).contains(EndReason.EXECUTOR_FAILED);
        assertThat(report.findings().error())
                .contains("the executed notebook could not be written: [Errno 27] File too large");
        assertThat(run.output(report)).contains("kept\\n");
        assertThat(run.context.progress).last().isEqualTo(Progress.of(2, 2));
    }

    @Test
    void aFullDiskIsCalledByItsName() throws Exception {
        Path disk = Files.createDirectories(folder.resolve("disk"));
        assumeTrue(
                new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=1m", "none", disk.toString())
                                .start()
                                .waitFor()
                        == 0,
                "may mount a file system");
        try {
            // The disk has the temporary folder too, as in a container that has only one.
            Path notebook = Notebooks.of(
                            "print('kept')", "open('disk/filler', 'wb').write(bytes(500_000))\nprint('x' * 600_000)")
                    .write(folder.resolve("notebook.ipynb"));
            RealRun run = RealRun.start(notebook, disk, UnaryOperator.identity());
            ExitReport report = run.end();

            assertThat(report.findings().failure()).contains(EndReason.EXECUTOR_FAILED);
            assertThat(report.findings().error())
                    .contains(
                            "the disk is full: the executed notebook could not be written: [Errno 28] No space left on"
                                    + " device");
            assertThat(run.output(report)).contains("kept\\n");
            assertThat(run.context.progress).last().isEqualTo(Progress.of(2, 2));
        } finally {
            assertThat(new ProcessBuilder("umount", disk.toString()).start().waitFor())
                    .isZero();
        }
    }

    @Test
    void anErrorOfACellOnAFullDiskIsThatCells() throws Exception {
        RealRun run = start(Notebooks.of("with open('/dev/full', 'w') as full: full.write('x')"));

        assertCellError(run.end(), "OSError: [Errno 28] No space left on device (cell 1)");
    }

    /** Installs a kernel, whose program gets the connection file as its argument; returns a notebook that names it. */
    private Path withKernel(String name, String language, String program, Notebooks notebook) throws IOException {
        Path script = Files.writeString(folder.resolve(name + ".py"), program);
        Path spec = Files.createDirectories(folder.resolve("jupyter/kernels/" + name));
        Files.writeString(
                spec.resolve("kernel.json"),
                "{\"argv\": [\"python\", \"" + script + "\", \"{connection_file}\"], \"display_name\": \"x\","
                        + " \"language\": \"" + language + "\"}");
        return notebook.kernel(name).write(folder.resolve("notebook.ipynb"));
    }
}
